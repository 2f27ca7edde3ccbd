"""The forms of texts that decide something or are sent back, checked for a whole response at once."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeAlias, TypeVar, get_args, get_type_hints

import msgspec

T = TypeVar("T")
# Lists of objects of one class, by the paths of each object in a body, such as `$.items[{}]`.
Lists: TypeAlias = Mapping[str, Sequence[Any]]


class Form(msgspec.Struct, frozen=True):
    """A regular expression for texts of one line; with `day`, they begin with a date that must exist."""

    pattern: str
    day: bool = False

    def problem(self, texts: Sequence[str]) -> str:
        """Return why some of the texts do not have this form; empty if all have it."""
        # One match of all texts takes a tenth of the time of one match of each.
        lines = "\n".join(texts)
        has_lines = lines.count("\n") >= len(texts)
        if texts and (has_lines or not _of_lines(self.pattern).fullmatch(lines)):
            return f"Expected `str` matching regex {self.pattern!r}"
        return _missing_day({text[:10] for text in texts}) if self.day else ""


class FormDecoder(Generic[T]):
    """A decoder that also checks the forms of texts, in those objects that `lists` returns."""

    def __init__(self, decoder: "msgspec.json.Decoder[T]", lists: Callable[[T], Lists]) -> None:
        self._decoder = decoder
        self._lists = lists

    def decode(self, content: bytes, /) -> T:
        """Decode JSON. Raises msgspec.DecodeError, also where a text does not have the form of its field."""
        found = self._decoder.decode(content)
        for path, objects in self._lists(found).items():
            _require_forms(path, objects)
        return found


def _require_forms(path: str, objects: Sequence[Any]) -> None:
    """Raise msgspec.ValidationError for the first field of which a text does not have its form."""
    if not objects:
        return
    kind: type[msgspec.Struct] = type(objects[0])
    for name, key, form in _forms(kind):
        texts = [text for text in map(attrgetter(name), objects) if text is not None]
        if form.problem(texts):
            values = map(attrgetter(name), objects)
            number, problem = next(
                (number, problem)
                for number, text in enumerate(values)
                if text is not None and (problem := form.problem([text]))
            )
            raise msgspec.ValidationError(f"{problem} - at `{path.format(number)}.{key}`")


@cache
def _forms(kind: type[msgspec.Struct]) -> Sequence[tuple[str, str, Form]]:
    """Return the fields of a class whose annotations have a form, with their keys in JSON."""
    hints = get_type_hints(kind, include_extras=True)
    keys = zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
    return [(name, key, form) for name, key in keys for form in _annotated(hints[name])]


def _annotated(hint: Any) -> Iterator[Form]:
    """Yield the forms in an annotation, or in one of its alternatives."""
    for each in get_args(hint):
        if isinstance(each, Form):
            yield each
        else:
            yield from _annotated(each)


@cache
def _of_lines(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})(?:\n(?:{pattern}))*")


def _missing_day(days: set[str]) -> str:
    """Return why one of these days does not exist; empty if all of them do."""
    for day in days:
        try:
            date.fromisoformat(day)
        except ValueError as error:
            return str(error)
    return ""

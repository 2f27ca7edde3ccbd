"""The sentences for what a schema refuses: what is wrong and what to do, by the keyword that refused it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias

from reconciler.load.chunked_errors import Schema, SchemaError
from reconciler.load.pattern_errors import misspelled, spelling
from reconciler.load.phrases import called, close, listed, near, nearest, plain, shown, sort_of
from reconciler.model.document import Document
from reconciler.model.finding import Finding
from reconciler.model.source_map import Path

Sentence: TypeAlias = tuple[str, str]

_TYPES: Final = {
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "boolean": "true or false",
}


# Nobody reads more of one file.
MOST_TOLD: Final = 500


class Refusal:
    """One error of jsonschema-rs, with the document it is about and the schema that it comes from."""

    def __init__(self, document: Document, found: SchemaError) -> None:
        error = found.error
        self.document = document
        self.keyword: str = error.kind.name
        self.told: dict[str, Any] = error.kind.as_dict()
        self.path = found.path
        self.value = _at(document.data, self.path)
        self.called = called(self.path)
        self._way: Sequence[str | int] = error.schema_path
        self._root = found.schema
        self.schema: Any = _at(found.schema, self._way[:-1])

    def other_type(self) -> list[str]:
        """Return the type that the value may have too, where the schema tells its branches by type."""
        if self._way[-2:-1] != ["else"]:
            return []
        return [_TYPES[_at(self._root, self._way[:-2])["if"]["type"]]]

    def is_entry(self) -> bool:
        """Whether the value is an entry of a list."""
        return isinstance(self.path[-1], int)

    def finding(self, sentence: Sentence, *step: str, key: bool = False) -> Finding:
        """Return a finding at the value, or at one key in it."""
        return Finding.at(self.document.where(*self.path, *step, key=key), "schema", *sentence)


def explained(document: Document, errors: Iterable[SchemaError]) -> Iterator[Finding]:
    """Yield a finding for each error; of several about one value only that of the first keyword below."""
    refusals = [Refusal(document, error) for error in errors]
    # A key that is missing because it is misspelled is told once, where it stands.
    unknown = ((each, key) for each in refusals for key in _unexpected(each))
    meant = {(each.path, key) for each, name in islice(unknown, MOST_TOLD) for key in _meant(each, name)}
    refusals = [each for each in refusals if (each.path, each.told.get("property")) not in meant]
    told: set[Path] = set()
    for refusal in sorted(refusals, key=_rank):
        if refusal.keyword in _ABOUT_KEYS:
            yield from _ABOUT_KEYS[refusal.keyword](refusal)
        elif refusal.path not in told:
            told.add(refusal.path)
            yield refusal.finding(_about(refusal))


def _rank(refusal: Refusal) -> int:
    return list(_ABOUT_VALUES).index(refusal.keyword) if refusal.keyword in _ABOUT_VALUES else 0


def _about(refusal: Refusal) -> Sentence:
    if refusal.value is None or refusal.value == "":
        out = "take it out" if refusal.is_entry() else "leave the key out"
        return f"{refusal.called} is empty", f"give it a value, or {out}"
    return _ABOUT_VALUES[refusal.keyword](refusal)


def _type(refusal: Refusal) -> Sentence:
    words = _words(refusal.schema)
    types = words or [_TYPES[name] for name in refusal.told["types"]]
    wanted = listed([*types, *refusal.other_type()], "or")
    message = f"{refusal.called} has to be {wanted}, and is {sort_of(refusal.value)}"
    if types == ["text"] and isinstance(refusal.value, bool | int | float):
        return message, _quoted(plain(refusal.value), refusal.schema)
    if types == ["a list"] and not isinstance(refusal.value, dict) and plain(refusal.value).isprintable():
        return message, f"write it as a list: [{plain(refusal.value)}]"
    return message, ""


def _quoted(text: str, schema: Schema) -> str:
    """Return how to write a number or a boolean as text: in quotes, unless that would be refused too."""
    if "pattern" in schema and not re.search(schema["pattern"], text):
        return spelling(schema).hint
    return f'quote it: "{text}"'


def _word(refusal: Refusal) -> Sentence:
    words = _words(refusal.schema)
    wanted = listed([*words, *refusal.other_type()], "or")
    return f"{refusal.called} is {shown(refusal.value)}, and has to be {wanted}", nearest(
        refusal.value, words
    )


def _words(schema: Schema) -> list[str]:
    """Return the words of which a value has to be one; none where it is free."""
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _spelling(refusal: Refusal) -> Sentence:
    return misspelled(refusal.called, refusal.value, refusal.told)


def _length(refusal: Refusal) -> Sentence:
    most = refusal.told["limit"]
    return f"{refusal.called} has {len(refusal.value)} characters", f"shorten it to at most {most}"


def _entries(refusal: Refusal) -> Sentence:
    return f"{refusal.called} has no entry", "write at least one"


def _amount(refusal: Refusal) -> Sentence:
    bound = "least" if refusal.keyword == "minimum" else "most"
    limit = refusal.told["limit"]
    return f"{refusal.called} is {plain(refusal.value)}, and has to be at {bound} {limit}", ""


# In this order: the first of several that refuse the same value is the one to tell.
_ABOUT_VALUES: Final[Mapping[str, Callable[[Refusal], Sentence]]] = {
    "type": _type,
    "const": _word,
    "enum": _word,
    "pattern": _spelling,
    "format": _spelling,
    "maxLength": _length,
    "minLength": _length,
    "minItems": _entries,
    "minimum": _amount,
    "maximum": _amount,
}


def _missing(refusal: Refusal) -> Iterator[Finding]:
    yield refusal.finding((f'{refusal.called} lacks the key "{refusal.told["property"]}"', "add it"))


def _unknown(refusal: Refusal) -> Iterator[Finding]:
    known = list(refusal.schema.get("properties", ()))
    for name in refusal.told["unexpected"]:
        sentence = f"the key {shown(name)} is not known here", near(name, known)
        yield refusal.finding(sentence, name, key=True)


def _unexpected(refusal: Refusal) -> Sequence[str]:
    """Return the keys that are not known."""
    keys: Sequence[str] = refusal.told["unexpected"] if refusal.keyword == "additionalProperties" else ()
    return keys


def _meant(refusal: Refusal, name: str) -> list[str]:
    """Return the key that was probably meant by one that is not known."""
    return close(name, list(refusal.schema.get("properties", ())))


def _badly_named(refusal: Refusal) -> Iterator[Finding]:
    """Yield the finding of a key whose name may not be so."""
    error = refusal.told["error"]
    name: str = error.instance
    told: dict[str, Any] = error.kind.as_dict()
    if name == "":
        sentence = "a key is empty", "give it a name"
    elif "options" in told:
        sentence = f"the key {shown(name)} is not known here", near(name, told["options"])
    elif "limit" in told:
        sentence = (
            f"the key {shown(name)} has {len(name)} characters",
            f"shorten it to at most {told['limit']}",
        )
    else:
        sentence = misspelled("the key", name, told)
    yield refusal.finding(sentence, name, key=True)


def _choice(refusal: Refusal) -> Iterator[Finding]:
    """Yield the finding of a mapping that has none or several of the keys of which it has to have one."""
    if not isinstance(refusal.value, dict):
        return  # It has no keys at all, which is told by its type.
    options = [branch["required"][0] for branch in refusal.schema["oneOf"]]
    hint = f"give exactly one of {listed(options, 'and')}"
    given = [name for name in refusal.value if name in options]
    if given:
        sentence = f"{refusal.called} has the keys {listed(given, 'and')}, which exclude each other", hint
        yield refusal.finding(sentence, given[1], key=True)
    else:
        yield refusal.finding((f"{refusal.called} lacks the key {listed(options, 'or')}", hint))


_ABOUT_KEYS: Final[Mapping[str, Callable[[Refusal], Iterator[Finding]]]] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "propertyNames": _badly_named,
    "oneOf": _choice,
}


# What the sentences know; a schema has no other keyword that refuses.
KEYWORDS: Final = frozenset({*_ABOUT_VALUES, *_ABOUT_KEYS})


def _at(data: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        data = data[step]
    return data

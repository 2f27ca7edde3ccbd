"""YAML to values with places, from libyaml's events, in one flat loop.

What is refused although libyaml reads it is refused here, at its place: duplicate keys, keys that are no
text, tags, merge keys, aliases that expand past a bound, depth. The common path is written out in one
function, because each call that it does not make is paid for a million times.
"""

from array import array
from collections.abc import Callable, Collection
from sys import intern
from typing import Any, Final

from yaml import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml._yaml import CParser

from reconciler.load.phrases import shown
from reconciler.load.scalars import DIGITS, WORDS, number
from reconciler.load.surrogates import Pairs
from reconciler.model.source_map import Positions

DEEPEST: Final = 64
# Of one file. As many fit into its largest size if it is a file that somebody wrote.
MOST_VALUES: Final = 500_000
MOST_DOCUMENTS: Final = 10_000
MOST_COPIES: Final = 10_000

# Line and column, from 1.
Place = tuple[int, int]
Refuse = Callable[[int, int, str, str], None]
_NO_KEY: Final = object()


class Raw:
    """One document as it stands in the file: values, their places, and those of what was refused."""

    __slots__ = ("data", "positions", "refused")

    def __init__(self, data: Any, positions: Positions, refused: Collection[Place]) -> None:
        self.data = data
        self.positions = positions
        self.refused = refused


def is_odd(step: str | int) -> bool:
    """Whether a key was refused: it then has a name that no file can hold twice, with its node's number."""
    return isinstance(step, str) and "\0" in step


class TooMuchError(Exception):
    """The file goes past a bound; what is wrong was told already, and reading it on is not safe."""


def documents(content: bytes, refuse: Refuse) -> list[Raw]:
    """Return the documents of a file. `refuse` is told line, column, message and hint of what is not allowed.

    Raises yaml.YAMLError where the file is no YAML, TooMuchError where it goes past a bound; the documents
    of the file are lost then.
    """
    pairs = Pairs(content)
    get_event: Callable[[], Any] = pairs.restored(CParser(pairs.content).get_event)
    found: list[Raw] = []
    size = _Size(refuse)
    while True:
        kind = get_event().__class__
        if kind is DocumentStartEvent:
            found.append(_document(get_event, size))
            size.add(found[-1].positions)
        elif kind is StreamEndEvent:
            return found


class _Size:
    """How much of a file was read so far: documents, values, and those that aliases copied."""

    def __init__(self, refuse: Refuse) -> None:
        self.refuse = refuse
        self._documents = self._values = self._copies = 0

    def add(self, places: Positions) -> None:
        """Count a document. Raises TooMuchError past a bound."""
        self._documents += 1
        if self._documents > MOST_DOCUMENTS:
            self._too_much(places, 0, f"the file holds more than {MOST_DOCUMENTS:,} documents")
        left = MOST_VALUES - self._values
        self._values += len(places.lines)
        if self._values > MOST_VALUES:
            self._too_much(places, left, f"the file holds more than {MOST_VALUES:,} values")

    def copies(self, values: int) -> bool:
        """Count the values that an alias copies; return whether they are within the bound."""
        self._copies += values
        return self._copies <= MOST_COPIES

    def _too_much(self, places: Positions, node: int, message: str) -> None:
        line, column = places.lines[node] + 1, places.columns[node] + 1
        self.refuse(line, column, message, "split it into several files")
        raise TooMuchError


def _document(get_event: Callable[[], Any], size: _Size) -> Raw:  # noqa: C901, PLR0912, PLR0915  see the module
    reading = _Reading(size)
    lines, columns, ends = reading.lines, reading.columns, reading.ends
    add_line, add_column, add_end = lines.append, columns.append, ends.append
    stack: list[tuple[Any, bool, Any, int]] = []
    # The root goes into a list, so that every value has a container.
    root: list[Any] = []
    container: Any = root
    in_mapping = False
    key: Any = _NO_KEY
    node = at = count = 0
    while True:
        event = get_event()
        kind = event.__class__
        if kind is ScalarEvent:
            mark = event.start_mark
            add_line(mark.line)
            add_column(mark.column)
            at = count
            count += 1
            add_end(count)
            value = event.value
            if event.tag is not None:
                reading.tagged(event)
            elif not event.style:
                if value in WORDS:
                    value = WORDS[value]
                elif value[0] in DIGITS:
                    value = number(value)
            if event.anchor is not None:
                reading.anchors[event.anchor] = (value, at, at + 1)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            value, at = container, node
            ends[at] = count
            container, in_mapping, key, node = stack.pop()
            if reading.opened:
                reading.closed(value, at)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            mark = event.start_mark
            add_line(mark.line)
            add_column(mark.column)
            at = count
            count += 1
            add_end(0)
            if event.tag is not None or event.anchor is not None:
                reading.opening(event, at)
            stack.append((container, in_mapping, key, node))
            if len(stack) > DEEPEST:
                reading.too_deep(mark)
            in_mapping = kind is MappingStartEvent
            container, key, node = {} if in_mapping else [], _NO_KEY, at
            continue
        elif kind is AliasEvent:
            at = count
            value = reading.alias(event)
            count = len(ends)
        elif kind is DocumentEndEvent:
            return Raw(root[0], Positions(lines, columns, ends), reading.refused)
        else:
            continue
        # A value is complete: it goes where it belongs.
        if not in_mapping:
            container.append(value)
        elif key is _NO_KEY:
            if value.__class__ is not str or value in container or value == "<<":
                value = reading.odd_key(value, at, container)
            # The same few keys stand in all files.
            key = intern(value)
        else:
            container[key] = value
            key = _NO_KEY


class _Reading:
    """One document while it is read: the places so far, the anchors, and what is rare."""

    __slots__ = ("_size", "anchors", "columns", "ends", "lines", "opened", "refused")

    def __init__(self, size: _Size) -> None:
        self.lines, self.columns, self.ends = array("I"), array("I"), array("I")
        # What an anchor names: the value and its nodes; None while it is not complete.
        self.anchors: dict[str, tuple[Any, int, int] | None] = {}
        self.opened: dict[int, str] = {}
        self.refused: set[Place] = set()
        self._size = size

    def refuse(self, mark: Any, message: str, hint: str) -> None:
        """Tell what is not allowed at a mark; the document is read on."""
        self._refuse_at(mark.line, mark.column, message, hint)

    def _refuse_at(self, line: int, column: int, message: str, hint: str) -> None:
        self.refused.add((line + 1, column + 1))
        self._size.refuse(line + 1, column + 1, message, hint)

    def tagged(self, event: Any) -> None:
        """Refuse a tag."""
        tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!", 1))
        self.refuse(event.start_mark, f"the tag {tag} is not allowed", "leave it out")

    def opening(self, event: Any, at: int) -> None:
        """Refuse a tag of a mapping or sequence, or note its anchor."""
        if event.tag is not None:
            self.tagged(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
            self.opened[at] = event.anchor

    def closed(self, value: Any, at: int) -> None:
        """Complete the anchor of a mapping or sequence, if it has one."""
        name = self.opened.pop(at, None)
        if name is not None:
            self.anchors[name] = (value, at, len(self.ends))

    def too_deep(self, mark: Any) -> None:
        """Refuse to read on. Raises TooMuchError."""
        said = f"values are nested more than {DEEPEST} deep"
        self.refuse(mark, said, "flatten them")
        raise TooMuchError

    def alias(self, event: Any) -> Any:
        """Return what an alias names, and copy its places. Raises TooMuchError past the bound."""
        mark = event.start_mark
        known = self.anchors.get(event.anchor)
        if known is None:
            problem = "stands inside what it names" if event.anchor in self.anchors else "names nothing"
            said = f"the alias {shown(f'*{event.anchor}')} {problem}"
            self.refuse(mark, said, "write the value out")
            self.lines.append(mark.line)
            self.columns.append(mark.column)
            self.ends.append(len(self.ends) + 1)
            return None
        value, first, last = known
        if not self._size.copies(last - first):
            said = f"aliases expand to more than {MOST_COPIES:,} values"
            self.refuse(mark, said, "write them out, or into files of their own")
            raise TooMuchError
        moved = len(self.ends) - first
        self.lines.extend(self.lines[first:last])
        self.columns.extend(self.columns[first:last])
        self.ends.extend(array("I", [end + moved for end in self.ends[first:last]]))
        return value

    def odd_key(self, value: Any, at: int, container: dict[str, Any]) -> str:
        """Refuse a key, and return a name under which its value keeps its place."""
        line, column = self.lines[at], self.columns[at]
        if value is None:
            self._refuse_at(line, column, "a key is missing", "write it before the colon")
        elif not isinstance(value, str):
            hint = "write a name" if isinstance(value, dict | list) else "quote it"
            self._refuse_at(line, column, "a key has to be text", hint)
        elif value == "<<":
            self._refuse_at(line, column, "merge keys are not allowed", "write the keys out")
        else:
            self._refuse_at(
                line, column, f"the key {shown(value)} stands here twice", "leave one of them out"
            )
        return f"{value if isinstance(value, str) and value not in container else ''}\0{at}"

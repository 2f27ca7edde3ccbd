"""Build values and their positions from libyaml's events, in one flat loop.

This module rejects what libyaml accepts but we do not: duplicate keys, keys that are not text, tags, merge
keys, aliases that expand too far, and deep nesting. The common path is inlined in one function, because
function calls would dominate the run time of large files.
"""

from array import array
from collections.abc import Callable, Collection, Iterable
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

from reconciler.load.phrases import quote
from reconciler.load.scalars import DIGITS, WORDS, number
from reconciler.load.surrogates import Pairs
from reconciler.model.source_map import Positions

MAX_DEPTH: Final = 64
# Limits for one file; a file of the maximum size that was written by hand stays below them.
MAX_VALUES: Final = 500_000
# People.lock can be larger; its values have more bytes.
_BYTES_OF_VALUE: Final = 10
MAX_DOCUMENTS: Final = 10_000
MAX_ALIAS_COPIES: Final = 10_000

# Line and column, from 1.
Place = tuple[int, int]
Refuse = Callable[[int, int, str, str], None]
_NO_KEY: Final = object()


class Raw:
    """One parsed document: its values, their positions, and the places of refused values."""

    __slots__ = ("data", "positions", "refused")

    def __init__(self, data: Any, positions: Positions, refused: Collection[Place] = ()) -> None:
        self.data = data
        self.positions = positions
        self.refused = refused

    def find(self, path: Iterable[str | int], *, key: bool = False) -> tuple[int, int]:
        """Return line and column of the value at `path`, or of its key; see `Written.find`."""
        return self.positions.find(self.data, path, key=key)

    def forget(self) -> None:
        """Keep the values: reading them again would be slow."""


def is_refused_key(step: str | int) -> bool:
    """Return whether a key was refused; its name was then made unique by appending its node number."""
    return isinstance(step, str) and "\0" in step


class LimitExceededError(Exception):
    """The file exceeds a limit. The error was reported already, and parsing cannot continue safely."""


def max_values(content: bytes) -> int:
    """Return how many values a file may have."""
    return max(MAX_VALUES, len(content) // _BYTES_OF_VALUE)


def documents(content: bytes, refuse: Refuse) -> list[Raw]:
    """Return the documents of a file; call `refuse` with line, column, message and hint for each error.

    Raises yaml.YAMLError if the file is not valid YAML, LimitExceededError if it exceeds a limit.
    """
    pairs = Pairs(content)
    get_event: Callable[[], Any] = pairs.restored(CParser(pairs.content).get_event)
    found: list[Raw] = []
    size = _SizeCounter(refuse, max_values(content))
    # Without these characters, no value can have a tag or an anchor.
    has_properties = b"!" in content or b"&" in content
    while True:
        kind = get_event().__class__
        if kind is DocumentStartEvent:
            found.append(_document(get_event, size, has_properties=has_properties))
            size.add(found[-1].positions)
        elif kind is StreamEndEvent:
            return found


class _SizeCounter:
    """Counts the documents and values of a file, and the values that aliases copied."""

    def __init__(self, refuse: Refuse, most: int) -> None:
        self.refuse = refuse
        self._most = most
        self._documents = self._values = self._copies = 0

    def add(self, places: Positions) -> None:
        """Count a document. Raises LimitExceededError if a limit is exceeded."""
        self._documents += 1
        if self._documents > MAX_DOCUMENTS:
            self._too_much(places, 0, f"the file has more than {MAX_DOCUMENTS:,} documents")
        left = self._most - self._values
        self._values += len(places.lines)
        if self._values > self._most:
            self._too_much(places, left, f"the file has more than {self._most:,} values")

    def copies(self, values: int) -> bool:
        """Count the values that an alias copies; return whether the limit is kept."""
        self._copies += values
        return self._copies <= MAX_ALIAS_COPIES

    def _too_much(self, places: Positions, node: int, message: str) -> None:
        line, column = places.lines[node] + 1, places.columns[node] + 1
        self.refuse(line, column, message, "split it into several files")
        raise LimitExceededError


def _document(  # noqa: C901, PLR0912, PLR0915  see the module
    get_event: Callable[[], Any], size: _SizeCounter, *, has_properties: bool
) -> Raw:
    state = _ParseState(size)
    lines, columns, ends = state.lines, state.columns, state.ends
    add_line, add_column, add_end = lines.append, columns.append, ends.append
    stack: list[tuple[Any, bool, Any, int]] = []
    # The root is appended to a list, so that every value has a container.
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
            if not event.style:
                if value in WORDS:
                    value = WORDS[value]
                elif value[0] in DIGITS:
                    value = number(value)
            if has_properties and (event.tag is not None or event.anchor is not None):
                value = state.scalar(event, value, at)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            value, at = container, node
            ends[at] = count
            container, in_mapping, key, node = stack.pop()
            if state.opened:
                state.closed(value, at)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            mark = event.start_mark
            add_line(mark.line)
            add_column(mark.column)
            at = count
            count += 1
            add_end(0)
            if has_properties and (event.tag is not None or event.anchor is not None):
                state.opening(event, at)
            stack.append((container, in_mapping, key, node))
            if len(stack) > MAX_DEPTH:
                state.too_deep(mark)
            in_mapping = kind is MappingStartEvent
            container, key, node = {} if in_mapping else [], _NO_KEY, at
            continue
        elif kind is AliasEvent:
            at = count
            value = state.alias(event)
            count = len(ends)
        elif kind is DocumentEndEvent:
            return Raw(root[0], Positions(lines, columns, ends), state.refused)
        else:
            continue
        # The value is complete: add it to its container.
        if not in_mapping:
            container.append(value)
        elif key is _NO_KEY:
            if value.__class__ is not str or value in container or value == "<<":
                value = state.refused_key(value, at, container)
            # All files use the same few keys.
            key = intern(value)
        else:
            container[key] = value
            key = _NO_KEY


class _ParseState:
    """The state of parsing one document: positions, anchors, and the handling of rare events."""

    __slots__ = ("_size", "anchors", "columns", "ends", "lines", "opened", "refused")

    def __init__(self, size: _SizeCounter) -> None:
        self.lines, self.columns, self.ends = array("I"), array("I"), array("I")
        # The value and node range of each anchor, or None while the value is not complete.
        self.anchors: dict[str, tuple[Any, int, int] | None] = {}
        self.opened: dict[int, str] = {}
        self.refused: set[Place] = set()
        self._size = size

    def refuse(self, mark: Any, message: str, hint: str) -> None:
        """Report an error at a mark and continue parsing."""
        self._refuse_at(mark.line, mark.column, message, hint)

    def _refuse_at(self, line: int, column: int, message: str, hint: str) -> None:
        self.refused.add((line + 1, column + 1))
        self._size.refuse(line + 1, column + 1, message, hint)

    def scalar(self, event: Any, value: Any, at: int) -> Any:
        """Refuse the tag of a scalar, and record its anchor; return its value, which is text with a tag."""
        if event.tag is not None:
            self._refuse_tag(event)
            value = event.value
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, at, at + 1)
        return value

    def _refuse_tag(self, event: Any) -> None:
        tag = quote(event.tag.replace("tag:yaml.org,2002:", "!!", 1))
        self.refuse(event.start_mark, f"the tag {tag} is not allowed", "remove it")

    def opening(self, event: Any, at: int) -> None:
        """Refuse a tag of a mapping or sequence, and record its anchor."""
        if event.tag is not None:
            self._refuse_tag(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
            self.opened[at] = event.anchor

    def closed(self, value: Any, at: int) -> None:
        """Complete the anchor of a mapping or sequence, if it has one."""
        name = self.opened.pop(at, None)
        if name is not None:
            self.anchors[name] = (value, at, len(self.ends))

    def too_deep(self, mark: Any) -> None:
        """Report too deep nesting. Raises LimitExceededError."""
        message = f"values are nested more than {MAX_DEPTH} levels deep"
        self.refuse(mark, message, "flatten them")
        raise LimitExceededError

    def alias(self, event: Any) -> Any:
        """Return the value of an alias, at the place of the alias; the values inside keep their places.

        Raises LimitExceededError.
        """
        mark = event.start_mark
        known = self.anchors.get(event.anchor)
        if known is None:
            problem = "refers to itself" if event.anchor in self.anchors else "has no anchor"
            message = f"the alias {quote(f'*{event.anchor}')} {problem}"
            self.refuse(mark, message, "replace it by the value itself")
            self.lines.append(mark.line)
            self.columns.append(mark.column)
            self.ends.append(len(self.ends) + 1)
            return None
        value, first, last = known
        if not self._size.copies(last - first):
            message = f"aliases expand to more than {MAX_ALIAS_COPIES:,} values"
            self.refuse(mark, message, "replace aliases by values, or split the file")
            raise LimitExceededError
        if (self.lines[first] + 1, self.columns[first] + 1) in self.refused:
            self.refused.add((mark.line + 1, mark.column + 1))
        offset = len(self.ends) - first
        self.lines.append(mark.line)
        self.lines.extend(self.lines[first + 1 : last])
        self.columns.append(mark.column)
        self.columns.extend(self.columns[first + 1 : last])
        self.ends.extend(array("I", [end + offset for end in self.ends[first:last]]))
        return value

    def refused_key(self, value: Any, at: int, container: dict[str, Any]) -> str:
        """Refuse a key, and return a unique name under which its value is stored."""
        line, column = self.lines[at], self.columns[at]
        if value is None:
            self._refuse_at(line, column, "a key is missing", "write the key before the colon")
        elif not isinstance(value, str):
            hint = "use a name as the key" if isinstance(value, dict | list) else "quote it"
            self._refuse_at(line, column, "a key must be text", hint)
        elif value == "<<":
            self._refuse_at(line, column, "merge keys are not allowed", "write the merged keys themselves")
        else:
            self._refuse_at(line, column, f"duplicate key {quote(value)}", "remove one of them")
        return f"{value if isinstance(value, str) and value not in container else ''}\0{at}"

"""Apply operations to the text of a YAML or JSON file with minimal changes; comments are kept.

Callers must parse the result again and compare it with the intended values.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from reconciler.edit.operations import (
    Append,
    AppendText,
    Drop,
    Extend,
    Operation,
    Remove,
    RemoveEach,
    Replace,
    changed,
    new_values,
    removed_indices,
)
from reconciler.edit.yaml.insertions import New, added
from reconciler.edit.yaml.layout import Entry, Layout
from reconciler.edit.yaml.removals import Place, removed, replaced
from reconciler.edit.yaml.style import Styles
from reconciler.edit.yaml.text_edit import TextEdit, edited
from reconciler.errors import InputError
from reconciler.model.outline import Node
from reconciler.model.source_map import Path


def patched(text: str, root: Node, data: Any, operation: Operation) -> str:
    """Return the text after an operation on the document with this root node and these values.

    Raises InputError if another value would change as well, or if a comment would be lost.
    """
    layout = Layout(text)
    places = list(_places(layout, root, operation.path))
    if places[-1].node.sort == "alias":
        # The text only has the anchor's value: replace the alias by the changed value.
        path = operation.path[: len(places) - 1]
        operation = Replace(path, _value(changed(data, operation), path))
    return edited(text, _Patch(layout, root).edits(places, operation))


def patched_together(text: str, root: Node, operations: Sequence[Operation]) -> str:
    """Return the text after a run of independent operations on a document without aliases.

    Raises InputError if a comment would be lost.
    """
    layout = Layout(text)
    patch = _Patch(layout, root)
    edits = (patch.edits(list(_places(layout, root, each.path)), each) for each in operations)
    return edited(text, [edit for each in edits for edit in each])


def entry_lines(text: str, root: Node, path: Path) -> list[str]:
    """Return the lines of an entry of a list, without their indentation; nothing unless in block style."""
    layout = Layout(text)
    *_, above, place = _places(layout, root, path)
    if above.node.flow or place.node.flow or place.node.sort == "alias":
        return []
    entry = layout.entries(above.node)[int(path[-1])]
    if not layout.is_first(entry.start):
        return []
    indentation = layout.indentation(entry.start)
    lines = layout.text[layout.line_start(entry.start) : layout.below(entry.end)]
    return [line.removeprefix(indentation) for line in lines.replace(layout.line_break, "\n").splitlines()]


def _places(layout: Layout, root: Node, path: Path) -> Iterator[Place]:
    """Yield the places on a path, down to its end or to the first alias."""
    place = Place(root)
    yield place
    for step in path:
        if place.node.sort == "alias":
            return
        entries = layout.entries(place.node)
        index = step if isinstance(step, int) else _names(entries).index(step)
        place = _below(layout, place.node, entries[index])
        yield place


def _below(layout: Layout, node: Node, entry: Entry) -> Place:
    if entry.key is None:
        return Place(entry.value, node, announced=None if node.flow else entry.start + 1)
    colon = layout.skip(entry.key.end)
    return Place(entry.value, node, _name(entry.key), colon + 1)


class _Patch:
    """Computes edits of one document in a text."""

    def __init__(self, layout: Layout, root: Node) -> None:
        self._layout = layout
        self._styles = Styles(layout, root)
        self._aliases = [node for node in root.walk() if node.repeats is not None]

    def edits(self, places: list[Place], operation: Operation) -> list[TextEdit]:
        """Return the edits for an operation on the last of these places."""
        *above, place = places
        self._require_unrepeated(each.node for each in above)
        if isinstance(operation, Replace):
            return self._replaced(place, operation.value)
        self._require_unrepeated([place.node])
        entries = self._layout.entries(place.node)
        if isinstance(operation, Append | Extend):
            written = operation.lines if isinstance(operation, AppendText) else ()
            new = New(len(entries), new_values(operation), written=written)
            return added(self._layout, self._styles, place.node, new)
        if isinstance(operation, Remove | RemoveEach):
            return self._removed(place, entries, removed_indices(operation))
        names = _names(entries)
        if isinstance(operation, Drop):
            return self._removed(place, entries, {names.index(operation.key)})
        if operation.key in names:
            entry = entries[names.index(operation.key)]
            return self._replaced(_below(self._layout, place.node, entry), operation.value)
        # Insert below the preceding key, so that comments above `before` stay above it.
        count = names.index(operation.before) if operation.before in names[1:] else len(names)
        return added(self._layout, self._styles, place.node, New(count, [operation.value], operation.key))

    def _replaced(self, place: Place, value: Any) -> list[TextEdit]:
        self._require_unrepeated(place.node.walk())
        return replaced(self._layout, self._styles, place, value)

    def _removed(self, place: Place, entries: list[Entry], indices: AbstractSet[int]) -> list[TextEdit]:
        gone = [entries[index] for index in indices]
        keys = [entry.key for entry in gone if entry.key]
        self._require_unrepeated((*keys, *(node for entry in gone for node in entry.value.walk())))
        return removed(self._layout, place, indices)

    def _require_unrepeated(self, changing: Iterable[Node]) -> None:
        """Raise InputError if an alias elsewhere refers to one of the changed nodes."""
        inside = {id(node) for node in changing} if self._aliases else set()
        for alias in self._aliases:
            repeats = alias.repeats
            if repeats is not None and id(alias) not in inside and id(repeats) in inside:
                name, line = repeats.anchor, alias.line
                raise InputError(
                    f"line {line} repeats line {repeats.line} (*{name}) and would change as well",
                    f"replace the alias on line {line} by the value itself first",
                )


def _names(entries: Iterable[Entry]) -> list[str]:
    return [_name(entry.key) for entry in entries]


def _name(key: Node | None) -> str:
    named = (key and key.repeats) or key
    return named.text if named else ""


def _value(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data

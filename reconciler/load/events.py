"""YAML to values with places, from libyaml's events, in one flat loop.

Everything that is refused although libyaml reads it is refused here, at its place: duplicate keys, keys that
are no text, tags, merge keys, aliases that expand past a bound, depth. The loop is long because each call that
it does not make is paid for a million times.
"""

from array import array
from collections.abc import Callable
from typing import Any, Final

import yaml
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

from reconciler.load.scalars import plain
from reconciler.model.positions import Positions

DEEPEST: Final = 64
MOST_COPIES: Final = 10_000

Refuse = Callable[[int, int, str, str], None]
_MARK: Final = object()


class Raw:
    """One document as it stands in the file: values, their places, and whether anything was refused in it."""

    __slots__ = ("data", "flawed", "positions")

    def __init__(self, data: Any, positions: Positions, *, flawed: bool) -> None:
        self.data = data
        self.positions = positions
        self.flawed = flawed


def documents(content: bytes, refuse: Refuse) -> list[Raw]:  # noqa: C901, PLR0912, PLR0915  see the module
    """Return the documents of a file. `refuse` is told line, column, message and hint of what is not allowed.

    Raises yaml.YAMLError where the file is no YAML; the documents before that are lost.
    """
    parser = yaml.cyaml.CParser(content)
    get_event = parser.get_event
    found: list[Raw] = []
    lines, columns, ends = array("I"), array("I"), array("I")
    add_line, add_column, add_end = lines.append, columns.append, ends.append
    stack: list[tuple[Any, Any, int]] = []
    anchors: dict[str, tuple[Any, int, int] | None] = {}
    opened: dict[int, str] = {}
    container: Any = None
    key: Any = _MARK
    node = copies = 0
    flaws = 0
    root: Any = None
    while True:
        event = get_event()
        kind = event.__class__
        if kind is ScalarEvent:
            mark = event.start_mark
            add_line(mark.line + 1)
            add_column(mark.column + 1)
            value = event.value
            at = len(ends)
            add_end(at + 1)
            if not event.style and event.tag is None:
                value = plain(value)
            elif event.tag is not None:
                flaws += 1
                refuse(mark.line + 1, mark.column + 1, f"the tag {event.tag} is not allowed", "leave it out")
            if event.anchor is not None:
                anchors[event.anchor] = (value, at, at + 1)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            mark = event.start_mark
            at = len(ends)
            add_line(mark.line + 1)
            add_column(mark.column + 1)
            add_end(0)
            value = {} if kind is MappingStartEvent else []
            if event.tag is not None:
                flaws += 1
                refuse(mark.line + 1, mark.column + 1, f"the tag {event.tag} is not allowed", "leave it out")
            if event.anchor is not None:
                anchors[event.anchor] = None
                opened[at] = event.anchor
            stack.append((container, key, node))
            if len(stack) > DEEPEST:
                said = f"values are nested more than {DEEPEST} deep"
                refuse(mark.line + 1, mark.column + 1, said, "flatten them")
                return found
            container, key, node = value, _MARK, at
            continue
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            value, at = container, node
            ends[at] = len(ends)
            container, key, node = stack.pop()
            if opened and at in opened:
                anchors[opened.pop(at)] = (value, at, len(ends))
        elif kind is AliasEvent:
            mark = event.start_mark
            known = anchors.get(event.anchor)
            at = len(ends)
            if known is None:
                flaws += 1
                refuse(
                    mark.line + 1,
                    mark.column + 1,
                    f"*{event.anchor} stands inside what it names",
                    "write it out",
                )
                add_line(mark.line + 1)
                add_column(mark.column + 1)
                add_end(at + 1)
                value = None
            else:
                value, first, last = known
                copies += last - first
                if copies > MOST_COPIES:
                    said = f"aliases expand to more than {MOST_COPIES:,} values"
                    refuse(mark.line + 1, mark.column + 1, said, "write them out, or into files of their own")
                    return found
                lines.extend(lines[first:last])
                columns.extend(columns[first:last])
                ends.extend(array("I", [end - first + at for end in ends[first:last]]))
        elif kind is DocumentStartEvent:
            lines, columns, ends = array("I"), array("I"), array("I")
            add_line, add_column, add_end = lines.append, columns.append, ends.append
            stack, anchors, opened, copies, flaws = [], {}, {}, 0, 0
            container, key, node, root = None, _MARK, 0, None
            continue
        elif kind is DocumentEndEvent:
            found.append(Raw(root, Positions(lines, columns, ends), flawed=flaws > 0))
            continue
        elif kind is StreamEndEvent:
            return found
        else:
            continue
        # A value is complete: it goes where it belongs.
        if container.__class__ is dict:
            if key is _MARK:
                key = value
                if key.__class__ is not str:
                    flaws += 1
                    said = "a key is missing" if value is None else "a key is text"
                    refuse(lines[at], columns[at], said, "quote it" if value is not None else "name it")
                    key = f"\0{at}"
                elif key == "<<":
                    flaws += 1
                    refuse(lines[at], columns[at], "merge keys are not allowed", "write the keys out")
                elif key in container:
                    flaws += 1
                    refuse(
                        lines[at], columns[at], f'the key "{key}" stands here twice', "leave one of them out"
                    )
                    key = f"{key}\0{at}"
            else:
                container[key] = value
                key = _MARK
        elif container.__class__ is list:
            container.append(value)
        else:
            root = value

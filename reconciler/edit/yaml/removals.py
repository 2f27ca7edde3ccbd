"""Remove entries from a collection, or replace a value, in the text of a file."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import msgspec

from reconciler.edit.yaml.layout import Entry, Layout
from reconciler.edit.yaml.style import Styles
from reconciler.edit.yaml.text_edit import TextEdit
from reconciler.errors import InputError
from reconciler.model.outline import Node


class Place(NamedTuple):
    """A value in a document: its parent, its key, and where the colon or dash before it ends."""

    node: Node
    parent: Node | None = None
    key: str = ""
    announced: int | None = None


def removed(layout: Layout, place: Place, indices: AbstractSet[int]) -> list[TextEdit]:
    """Return the edits that remove entries and their trailing comments; those above values below a key stay.

    Raises InputError if one of them would be lost. What is removed may overlap.
    """
    entries, edits = list(layout.entries(place.node)), list[TextEdit]()
    if place.node.flow and not place.node.is_bare and len(indices) == len(entries):
        return _emptied_brackets(layout, place.node, entries)
    # From the last to the first, so that each one is beside an entry that stays.
    for index in sorted(indices, reverse=True):
        edits += _removed(layout, place, entries, index)
        del entries[index]
    return edits


def _removed(layout: Layout, place: Place, entries: Sequence[Entry], index: int) -> list[TextEdit]:
    node, entry = place.node, entries[index]
    comments = layout.comments_above(entry)
    if comments and len(entries) > 1 and not node.flow and layout.is_first(entry.start):
        return _all_but(layout, entry, comments)
    if comments:
        raise _lost(layout, comments[0][0])
    if len(entries) == 1:
        return _emptied(layout, place, entry)
    if not node.flow:
        return _out_of_block(layout, entries, index)
    has_next = index < len(entries) - 1 or layout.is_at(layout.skip(node.children[-1].end), ",")
    return _out_of_brackets(layout, entries, index, has_next=has_next)


def replaced(layout: Layout, styles: Styles, place: Place, value: Any) -> list[TextEdit]:
    """Return the edits that replace a value. Raises InputError if a comment would be lost."""
    node, parent = place.node, place.parent or place.node
    comment = layout.comment_in(node)
    if comment is not None:
        raise _lost(layout, comment)
    style = styles.of(parent)
    if node.style in {"'", '"'}:
        style = msgspec.structs.replace(style, quote=node.style)
    if node.sort in {"list", "mapping"} and not node.flow:
        return _in_line(layout, place, style.value(value, place.key), node.end)
    blank = "" if layout.is_blank(node.start - 1) or node.start < node.end else " "
    if parent.flow or parent.sort != "list":
        return [TextEdit(node.start, node.end, blank + style.value(value, place.key))]
    first, *more = style.lines(value)
    end, indentation = layout.line_end(node.end), layout.indentation(node.start)
    below = "".join(f"{layout.line_break}{indentation}{line}" for line in more)
    return [TextEdit(node.start, node.end, blank + first), TextEdit(end, end, below)]


def _lost(layout: Layout, comment: int) -> InputError:
    line = layout.line_number(comment)
    return InputError(f"the comment on line {line} would be lost", "edit the file by hand")


def _all_but(layout: Layout, entry: Entry, comments: Sequence[tuple[int, int]]) -> list[TextEdit]:
    """Return the edits that remove the lines of an entry, and indent the comments among them like its key."""
    indentation, edits = layout.indentation(entry.start), []
    begin = layout.line_start(entry.start)
    for start, end in comments:
        edits.append(TextEdit(begin, start, indentation))
        begin = end
    return [*edits, TextEdit(begin, layout.below(entry.end))]


def _emptied(layout: Layout, place: Place, entry: Entry) -> list[TextEdit]:
    """Return the edits that remove the only entry and leave an empty collection in brackets."""
    node = place.node
    brackets = "[]" if node.sort == "list" else "{}"
    if node.is_bare:
        return [TextEdit(node.start, node.end, brackets)]
    return _in_line(layout, place, brackets, entry.end)


def _emptied_brackets(layout: Layout, node: Node, entries: Sequence[Entry]) -> list[TextEdit]:
    """Return the edits that remove all entries in brackets, and keep the comments between them."""
    for entry in entries:
        for start, _ in layout.comments_above(entry):
            raise _lost(layout, start)
    lines = [_whole_lines(layout, entry) for entry in entries]
    spans = [each or (entry.start, entry.end) for each, entry in zip(lines, entries, strict=True)]
    edges = [node.inside, *(edge for span in spans for edge in span), node.end]
    if not any(layout.has_comment(*gap) for gap in zip(edges[::2], edges[1::2], strict=True)):
        return [TextEdit(node.inside, node.end - 1)]
    commas = [layout.skip(entry.end) for entry, each in zip(entries, lines, strict=True) if not each]
    return [
        *(TextEdit(*span) for span in spans),
        *(TextEdit(comma, comma + 1) for comma in commas if layout.is_at(comma, ",")),
    ]


def _in_line(layout: Layout, place: Place, text: str, end: int) -> list[TextEdit]:
    """Return the edits that replace a block that ends here by a text, and keep the comments above it."""
    node = place.node
    begin = layout.entries(node)[0].start
    if place.announced is None or not layout.is_first(begin):
        return [TextEdit(begin, end, text)]
    at = node.start + 1 + len(node.anchor) if node.anchor else place.announced
    return [TextEdit(at, at, f" {text}"), TextEdit(layout.line_start(begin), layout.below(end))]


def _out_of_block(layout: Layout, entries: Sequence[Entry], index: int) -> list[TextEdit]:
    entry = entries[index]
    if not layout.is_first(entry.start):
        # The entry is on the line of a dash: the next one moves up, unless comments are between them.
        end, follows = layout.line_end(entry.end), entries[index + 1].start
        return [TextEdit(entry.start, end if layout.has_comment(end, follows) else follows)]
    begin, end = layout.line_start(entry.start), layout.below(entry.end)
    if not layout.ends_line(end):
        begin = layout.end_above(begin)
    return [TextEdit(begin, end)]


def _out_of_brackets(
    layout: Layout, entries: Sequence[Entry], index: int, *, has_next: bool
) -> list[TextEdit]:
    """Return the edits that remove an entry with the comma after it, or before it for the last entry.

    `has_next` is false for the last entry unless there is a comma after it that stays.
    """
    entry, lines = entries[index], _whole_lines(layout, entries[index])
    comma = layout.skip(entry.end)
    if lines and has_next and layout.is_at(comma, ","):
        return [TextEdit(*lines)]
    if index < len(entries) - 1:
        whole, gap = (entry.start, entries[index + 1].start), (entry.end, entries[index + 1].start)
    elif has_next:
        begin = layout.skip(entries[index - 1].end) + 1
        whole, gap = (begin, comma + 1), (begin, comma)
    else:
        whole, gap = (entries[index - 1].end, entry.end), (entries[index - 1].end, entry.start)
        comma = layout.skip(entries[index - 1].end)
    if not lines and not layout.has_comment(*gap):
        return [TextEdit(*whole)]
    return [TextEdit(comma, comma + 1), TextEdit(*(lines or (entry.start, entry.end)))]


def _whole_lines(layout: Layout, entry: Entry) -> tuple[int, int] | None:
    """Return the lines of an entry in brackets if nothing else is on them, otherwise None."""
    comma = layout.skip(entry.end)
    end = comma + 1 if layout.is_at(comma, ",") else entry.end
    if layout.is_first(entry.start) and layout.is_last(end) and not layout.has_comment(entry.end, end):
        return layout.line_start(entry.start), layout.below(end)
    return None

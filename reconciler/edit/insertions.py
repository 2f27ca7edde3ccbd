"""Insert an entry into a list, or a key into a mapping, in the text of a file."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from reconciler.edit.layout import Entry, Layout
from reconciler.edit.style import Style, style_of
from reconciler.edit.text_edit import TextEdit
from reconciler.model.outline import Node


class New(NamedTuple):
    """A new value (with its key in a mapping) and the number of entries above it."""

    above: int
    value: Any
    key: str | None = None

    def in_line(self, style: Style) -> str:
        """Return the entry on one line."""
        return style.value(self.value) if self.key is None else style.pair(self.key, self.value)

    def lines(self, style: Style) -> Sequence[str]:
        """Return the lines of the entry in block style."""
        return style.entry_lines(self.value) if self.key is None else style.pair_lines(self.key, self.value)


def added(layout: Layout, root: Node, node: Node, new: New) -> list[TextEdit]:
    """Return the edits that add an entry to a collection of a document."""
    style, entries = style_of(layout, root, node), layout.entries(node)
    if not node.flow:
        return [_below(layout, entries, entries[new.above - 1], new.lines(style))]
    text = new.in_line(style)
    if node.is_bare:
        return [TextEdit(node.start, node.start, "{"), TextEdit(node.end, node.end, f", {text}}}")]
    if not entries:
        return [_first(layout, node, text)]
    return _after(layout, entries, new.above - 1, text, dense=style.is_dense)


def _below(layout: Layout, entries: Sequence[Entry], entry: Entry, lines: Sequence[str]) -> TextEdit:
    """Return the edit that inserts lines below a block-style entry and its trailing comment."""
    indentation = layout.indentation(entries[0].start)
    text = f"{layout.line_break}{indentation}".join(lines)
    if layout.ends_line(entry.end):
        return TextEdit(entry.end, entry.end, f"{indentation}{text}{layout.line_break}")
    end = layout.line_end(entry.end)
    return TextEdit(end, end, f"{layout.line_break}{indentation}{text}")


def _first(layout: Layout, node: Node, text: str) -> TextEdit:
    """Return the edit that adds the only entry of a collection in brackets."""
    if layout.has_comment(node.inside, node.end):
        return TextEdit(node.inside, node.inside, text if layout.is_blank(node.inside) else f"{text} ")
    return TextEdit(node.inside, node.end - 1, text)


def _after(layout: Layout, entries: Sequence[Entry], index: int, text: str, *, dense: bool) -> list[TextEdit]:
    """Return the edits that add an entry in brackets after another, on its own line if the others are."""
    entry = entries[index]
    comma = layout.skip(entry.end)
    has_comma = layout.is_at(comma, ",")
    if not all(layout.is_first(each.start) for each in entries[max(0, index - 1) : index + 1]):
        return [TextEdit(entry.end, entry.end, f",{_gap(layout, entries, dense=dense)}{text}")]
    line = f"{layout.line_break}{layout.indentation(entry.start)}{text}"
    if has_comma and layout.is_last(comma + 1) and not layout.has_comment(entry.end, comma):
        end = layout.line_end(comma)
        return [TextEdit(end, end, f"{line},")]
    if not has_comma and layout.is_last(entry.end):
        end = layout.line_end(entry.end)
        return [TextEdit(entry.end, entry.end, ","), TextEdit(end, end, line)]
    return [TextEdit(entry.end, entry.end, f",{line}")]


def _gap(layout: Layout, entries: Sequence[Entry], *, dense: bool) -> str:
    """Return the whitespace after a comma between entries."""
    if len(entries) == 1:
        return "" if dense else " "
    comma = layout.skip(entries[-2].end)
    return layout.blanks(comma + 1, entries[-1].start, " ")

"""Insert entries into a list, or a key into a mapping, in the text of a file."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from reconciler.edit.yaml.layout import Entry, Layout
from reconciler.edit.yaml.style import Style, Styles
from reconciler.edit.yaml.text_edit import TextEdit
from reconciler.model.outline import Node


class New(NamedTuple):
    """New values (a single one with its key in a mapping) and the number of entries above them.

    `written` are the lines of the entries in block style, if they exist already.
    """

    above: int
    values: Sequence[Any]
    key: str | None = None
    written: Sequence[str] = ()

    def in_line(self, style: Style) -> list[str]:
        """Return each entry on one line."""
        key = self.key
        return [style.value(each) if key is None else style.pair(key, each) for each in self.values]

    def lines(self, style: Style) -> list[str]:
        """Return the lines of the entries in block style."""
        if self.written:
            return list(self.written)
        key = self.key
        entries = [
            style.entry_lines(each) if key is None else style.pair_lines(key, each) for each in self.values
        ]
        return [line for entry in entries for line in entry]


def added(layout: Layout, styles: Styles, node: Node, new: New) -> list[TextEdit]:
    """Return the edits that add entries to a collection of a document."""
    style, entries = styles.of(node), layout.entries(node)
    if not node.flow:
        return [_below(layout, entries, entries[new.above - 1], new.lines(style))]
    texts = new.in_line(style)
    between = "," if style.is_dense else ", "
    if node.is_bare:
        return [
            TextEdit(node.start, node.start, "{"),
            TextEdit(node.end, node.end, f", {between.join(texts)}}}"),
        ]
    if not entries:
        key = _key_in_block_style(styles.root, node) if _has_mappings(node, new) else None
        if key is not None and _is_rest_of_line(layout, key, node):
            return _below_key(layout, key, node, texts)
        return [_first(layout, node, between.join(texts))]
    return _after(layout, entries, new.above - 1, texts, dense=style.is_dense)


def _below(layout: Layout, entries: Sequence[Entry], entry: Entry, lines: Sequence[str]) -> TextEdit:
    """Return the edit that inserts lines below a block-style entry and its trailing comment."""
    indentation = layout.indentation(entries[0].start)
    text = f"{layout.line_break}{indentation}".join(lines)
    if layout.ends_line(entry.end):
        return TextEdit(entry.end, entry.end, f"{indentation}{text}{layout.line_break}")
    end = layout.line_end(entry.end)
    return TextEdit(end, end, f"{layout.line_break}{indentation}{text}")


def _has_mappings(node: Node, new: New) -> bool:
    return node.sort == "list" and any(isinstance(each, dict) for each in new.values)


def _is_rest_of_line(layout: Layout, key: Node, node: Node) -> bool:
    """Return whether an empty list in brackets and a comment are all that follows its key."""
    on_line = layout.line_start(key.start) == layout.line_start(node.end)
    return on_line and layout.is_last(node.end) and not layout.has_comment(node.inside, node.end)


def _key_in_block_style(root: Node, node: Node) -> Node | None:
    """Return the key of a value in a mapping that is in block style, or None."""
    for each in root.walk():
        if each.sort == "mapping" and not each.flow:
            for key, value in zip(each.children[::2], each.children[1::2], strict=True):
                if value is node:
                    return key
    return None


def _below_key(layout: Layout, key: Node, node: Node, texts: Sequence[str]) -> list[TextEdit]:
    """Return the edits that replace an empty list in brackets by entries, each on a line of its own."""
    begin, end = len(layout.text[: node.start].rstrip(" \t")), layout.line_end(node.end)
    before = f"{layout.line_break}{layout.indentation(key.start)}  - "
    lines = "".join(f"{before}{text}" for text in texts)
    return [TextEdit(begin, node.end, ""), TextEdit(end, end, lines)]


def _first(layout: Layout, node: Node, text: str) -> TextEdit:
    """Return the edit that adds the only entry of a collection in brackets."""
    if layout.has_comment(node.inside, node.end):
        return TextEdit(node.inside, node.inside, text if layout.is_blank(node.inside) else f"{text} ")
    return TextEdit(node.inside, node.end - 1, text)


def _after(
    layout: Layout, entries: Sequence[Entry], index: int, texts: Sequence[str], *, dense: bool
) -> list[TextEdit]:
    """Return the edits that add entries in brackets after another, on own lines if the others are."""
    entry = entries[index]
    comma = layout.skip(entry.end)
    has_comma = layout.is_at(comma, ",")
    if not all(layout.is_first(each.start) for each in entries[max(0, index - 1) : index + 1]):
        gap = _gap(layout, entries, dense=dense)
        return [TextEdit(entry.end, entry.end, "".join(f",{gap}{text}" for text in texts))]
    indentation = f"{layout.line_break}{layout.indentation(entry.start)}"
    line = ",".join(f"{indentation}{text}" for text in texts)
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

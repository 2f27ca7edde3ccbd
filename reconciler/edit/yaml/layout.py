"""The layout of a text: lines, gaps between values, and entries of collections."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from reconciler.model.outline import Node

# Between values, every `#` starts a comment.
_GAP: Final = re.compile(r"(?:[ \t\r\n\ufeff]|#[^\r\n]*)*")
_BLANKS: Final = re.compile(r"[ \t]*")
_REST: Final = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")
_OWN_LINE: Final = re.compile(r"(?<=[\r\n])[ \t]*(#[^\r\n]*(?:\r\n|\r|\n))")
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_BREAK_ABOVE: Final = re.compile(r"(?:\r\n|\r|\n)\Z")


class Entry(NamedTuple):
    """An entry of a list including its dash, or a key with its value."""

    start: int
    end: int
    value: Node
    key: Node | None = None


class Layout:
    """A text with lookups of offsets, which count characters from 0."""

    def __init__(self, text: str) -> None:
        self.text = text
        first = _BREAK.search(text)
        self.line_break = first[0] if first else "\n"
        self._entries_by_node: dict[int, list[Entry]] = {}

    def skip(self, at: int) -> int:
        """Return the offset of the next character that is neither whitespace nor part of a comment."""
        found = _GAP.match(self.text, at)
        return found.end() if found else at

    def is_at(self, at: int, character: str) -> bool:
        """Return whether this character is at an offset."""
        return self.text.startswith(character, at)

    def line_start(self, at: int) -> int:
        """Return where the line of an offset begins, after a byte order mark."""
        start = max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1
        return start or len(self.text) - len(self.text.lstrip("\ufeff"))

    def line_end(self, at: int) -> int:
        """Return where the line of an offset ends, without its line break."""
        found = _BREAK.search(self.text, at)
        return found.start() if found else len(self.text)

    def below(self, end: int) -> int:
        """Return where the line after a value that ends here begins."""
        if self.ends_line(end):
            return end
        found = _BREAK.search(self.text, end)
        return found.end() if found else len(self.text)

    def ends_line(self, end: int) -> bool:
        """Return whether a value that ends here includes its last line break."""
        return self.text[max(0, end - 1) : end] in {"\r", "\n"}

    def end_above(self, start: int) -> int:
        """Return where the line before the one that begins here ends."""
        found = _BREAK_ABOVE.search(self.text, max(0, start - 2), start)
        return found.start() if found else start

    def is_blank(self, at: int) -> bool:
        """Return whether whitespace is at an offset."""
        return self.text[at : at + 1] in {" ", "\t", "\r", "\n"}

    def is_first(self, at: int) -> bool:
        """Return whether only blanks are before an offset on its line."""
        return not self.text[self.line_start(at) : at].strip(" \t")

    def is_last(self, at: int) -> bool:
        """Return whether only blanks and a comment are after an offset on its line."""
        return _REST.match(self.text, at) is not None

    def indentation(self, at: int) -> str:
        """Return the indentation of a line whose content aligns with an offset."""
        return re.sub(r"[^ \t]", " ", self.text[self.line_start(at) : at])

    def blanks(self, begin: int, end: int, default: str) -> str:
        """Return the text between two offsets if it consists of blanks, otherwise the default."""
        between = self.text[begin:end]
        return between if _BLANKS.fullmatch(between) else default

    def has_comment(self, begin: int, end: int) -> bool:
        """Return whether a gap contains a comment."""
        return "#" in self.text[begin:end]

    def line_number(self, at: int) -> int:
        """Return the line number of an offset, from 1."""
        return 1 + len(_BREAK.findall(self.text, 0, at))

    def comment_in(self, node: Node) -> int | None:
        """Return the offset of the first comment in a node, or None."""
        if node.style in {"|", ">"}:
            return self._comment(node.start, self.line_end(node.start))
        at = node.inside
        for child in node.children:
            found = self._comment(at, child.start)
            found = self.comment_in(child) if found is None else found
            if found is not None:
                return found
            at = child.end
        return self._comment(at, node.end) if node.children or node.flow else None

    def comments_above(self, entry: Entry) -> list[tuple[int, int]]:
        """Return the comments on lines of their own between a key and the values below it."""
        if entry.key is None:
            return []
        value, at = entry.value, entry.key.end
        found: list[tuple[int, int]] = []
        for begin, end in ((at, value.start), *self._gaps(value)):
            found += [each.span(1) for each in _OWN_LINE.finditer(self.text, begin, end)]
        return found

    def _gaps(self, node: Node) -> Iterator[tuple[int, int]]:
        """Yield the spans of a collection between its values."""
        at = node.inside
        for child in node.children:
            yield at, child.start
            yield from self._gaps(child)
            at = child.end
        if node.children or node.flow:
            yield at, node.end

    def entries(self, node: Node) -> list[Entry]:
        """Return the entries of a collection, in the order of the text."""
        found = self._entries_by_node.get(id(node))
        if found is None:
            found = self._entries_by_node[id(node)] = list(self._entries(node))
        return found

    def _entries(self, node: Node) -> Iterator[Entry]:
        at, pairs = node.inside, node.sort == "mapping"
        for index in range(0, len(node.children), 2 if pairs else 1):
            start = self.skip(at)
            key = node.children[index] if pairs else None
            value = node.children[index + pairs]
            at = value.end if key is None or value.start < value.end else self._end_of_pair(key)
            yield Entry(start, at, value, key)
            comma = self.skip(at)
            at = comma + 1 if node.flow and self.is_at(comma, ",") else at

    def _end_of_pair(self, key: Node) -> int:
        """Return where a pair without a value ends: after its colon, or after its key if it has no colon."""
        colon = self.skip(key.end)
        return colon + 1 if self.is_at(colon, ":") else key.end

    def _comment(self, begin: int, end: int) -> int | None:
        found = self.text.find("#", begin, end)
        return None if found < 0 else found

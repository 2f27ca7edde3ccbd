"""Find out which value of a document each comment, blank line and block scalar belongs to."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from reconciler.edit.yaml.layout import Layout
from reconciler.edit.yaml.lines import BlockScalar, Form
from reconciler.edit.yaml.places import Place, Places
from reconciler.errors import InputError
from reconciler.model.outline import Node
from reconciler.model.source_map import Path

_COMMENT: Final = re.compile(r"#[^\r\n]*")
# Between values and comments, unless there are directives or tags.
_PUNCTUATION: Final = re.compile(r"[\s\ufeff\-:?,\[\]{}.]*")
_HEADER: Final = re.compile(r"[|>]-?(?=[ \t]*(?:[#\r\n]|\Z))")

_UNUSUAL: Final = "it has directives, indentation indicators, or a text that keeps its last lines"


class FileNotes(msgspec.Struct):
    """The comments, blank lines and block scalars of a document in a file, by path."""

    lines_above: dict[Path, list[str]] = msgspec.field(default_factory=dict)
    lines_below: dict[Path, list[str]] = msgspec.field(default_factory=dict)
    comments_beside: dict[Path, str] = msgspec.field(default_factory=dict)
    blocks: dict[Path, BlockScalar] = msgspec.field(default_factory=dict)
    forms: dict[Path, Form] = msgspec.field(default_factory=dict)
    _outer: set[Path] | None = None

    def above(self, path: Path, width: int) -> list[str]:  # noqa: ARG002  the protocol's signature
        """Return the lines above a value."""
        return self.lines_above.get(path, [])

    def below(self, path: Path) -> list[str]:
        """Return the lines after the last entry of a collection."""
        return self.lines_below.get(path, [])

    def beside(self, path: Path) -> str:
        """Return the comment at the end of the first line of a value, or nothing."""
        return self.comments_beside.get(path, "")

    def block(self, path: Path) -> BlockScalar | None:
        """Return a text that has lines of its own."""
        return self.blocks.get(path)

    def form(self, path: Path) -> Form | None:
        """Return how a collection is written now."""
        return self.forms.get(path)

    def is_inside(self, path: Path) -> bool:
        """Return whether a comment or a block scalar is in a collection."""
        if self._outer is None:
            above = [each for each, lines in self.lines_above.items() if any(lines)]
            inner = [*above, *self.comments_beside, *self.blocks]
            self._outer = {each[:length] for each in inner for length in range(len(each))}
            self._outer.update(each[:length] for each in self.lines_below for length in range(len(each) + 1))
        return path in self._outer


def notes_of(text: str, root: Node, begin: int, end: int) -> FileNotes:
    """Return what belongs to the values of a document between two offsets.

    Raises InputError for a document whose text has more than values and comments.
    """
    if root.sort != "mapping" or not root.children:
        raise InputError("a document is not a mapping")
    return _Reader(Layout(text), root, begin, end).notes()


def comments_in(notes: FileNotes) -> list[str]:
    """Return all comments."""
    blocks = (*notes.lines_above.values(), *notes.lines_below.values())
    return [*(line for lines in blocks for line in lines if line), *notes.comments_beside.values()]


class _Reader:
    """Reads the notes of one document."""

    def __init__(self, layout: Layout, root: Node, begin: int, end: int) -> None:
        self._layout, self._root = layout, root
        self._begin, self._end = begin, end
        self._places = Places(layout, root)
        self._notes = FileNotes()

    def notes(self) -> FileNotes:
        """Attach every comment, and every blank line above an entry."""
        for at, comment in list(self._comments()):
            if self._layout.is_first(at):
                self._add_own_line(at, comment)
            else:
                self._add_beside(at, comment)
        for place in self._places.all:
            if self._is_after_blank(place.start):
                self._add_blank(place)
            if place.value.style in {"|", ">"}:
                self._notes.blocks[place.path] = self._block(place.value)
            if place.value.children:
                self._notes.forms[place.path] = "brackets" if place.value.flow else "lines"
        return self._notes

    def _comments(self) -> Iterator[tuple[int, str]]:
        """Yield the comments with their offsets. Raises InputError for anything else between the values."""
        at = self._begin
        for node in self._root.walk():
            if node.anchor or node.sort == "alias":
                raise InputError("it has anchors or aliases")
            if node.sort == "scalar":
                yield from self._comments_between(at, node.start)
                at = node.end
                if node.style in {"|", ">"}:
                    header = _HEADER.match(self._layout.text, node.start)
                    begin = header.end() if header else node.start
                    yield from self._comments_between(begin, self._layout.line_end(node.start))
        yield from self._comments_between(at, self._end)

    def _comments_between(self, begin: int, end: int) -> Iterator[tuple[int, str]]:
        gap = self._layout.text[begin:end]
        rest = _COMMENT.sub("", gap)
        if not _PUNCTUATION.fullmatch(rest):
            raise InputError(_UNUSUAL)
        yield from ((begin + found.start(), found[0].rstrip()) for found in _COMMENT.finditer(gap))

    def _add_beside(self, at: int, comment: str) -> None:
        path = self._path_beside(at)
        if path is None or path in self._notes.comments_beside:
            self._add_above(self._path_above(at) if self._places.last(at) else (), at, comment)
        else:
            self._notes.comments_beside[path] = comment

    def _path_beside(self, at: int) -> Path | None:
        """Return what a comment at the end of a line is about; None if that is what follows."""
        last = self._places.last(at)
        if last is None:
            return None
        around = self._places.around(at)
        if around is not None and around.in_flow and not around.value.flow:
            return around.path
        in_root = around is None and self._root.flow and at < self._root.end
        if not in_root and (around is None or not around.value.flow):
            return self._places.in_block(last).path
        depth = 1 if around is None else len(around.path) + 1
        return last.path[:depth] if len(last.path) >= depth else None

    def _path_above(self, at: int) -> Path:
        """Return the entry that follows a comment, or the one that the comment is in."""
        around, following = self._places.around(at), self._places.following(at)
        if around is not None and (following is None or following.start >= around.end):
            return around.path
        return following.path if following else ()

    def _add_own_line(self, at: int, comment: str) -> None:
        below = self._path_below(at)
        if below is None:
            path = self._path_above(at) if self._places.last(at) else ()
            self._add_above(path, at, comment)
        else:
            self._append(self._notes.lines_below.setdefault(below, []), at, comment)

    def _path_below(self, at: int) -> Path | None:
        """Return the collection that a comment is at the end of, or None."""
        last, following = self._places.last(at), self._places.following(at)
        if last is None:
            return None
        around = self._places.around(at)
        if around is not None and (following is None or following.start >= around.end):
            # After the last entry in brackets, or between a key and its value.
            return around.path if around.value.children else None
        if (around is not None and around.value.flow) or (following is not None and following.in_flow):
            return None
        return self._ended(at, self._places.in_block(last), following)

    def _ended(self, at: int, last: Place, following: Place | None) -> Path | None:
        """Return the innermost collection that ended above a comment and is not further to the right."""
        column = len(self._layout.indentation(at))
        if following is not None and column <= following.column:
            return None
        paths = [last.path[:length] for length in range(len(last.path))]
        ended = [path for path in paths if following is None or path != following.path[: len(path)]]
        fitting = [path for path in ended if self._places.column(path) <= column]
        return fitting[-1] if fitting else None if following else ()

    def _add_above(self, path: Path, at: int, comment: str) -> None:
        self._append(self._notes.lines_above.setdefault(path, []), at, comment)

    def _append(self, lines: list[str], at: int, comment: str) -> None:
        if self._is_after_blank(at):
            lines.append("")
        lines.append(comment)

    def _add_blank(self, place: Place) -> None:
        is_first = place is self._places.all[0]
        self._notes.lines_above.setdefault(() if is_first else place.path, []).append("")

    def _is_after_blank(self, at: int) -> bool:
        """Return whether the line above one that begins with a value or a comment is blank."""
        start = self._layout.line_start(at)
        above = self._layout.end_above(start)
        if not self._layout.is_first(at) or above == start:
            return False
        return not self._layout.text[self._layout.line_start(above) : above].strip()

    def _block(self, node: Node) -> BlockScalar:
        """Return a block scalar as it is, without its indentation. Raises InputError for an unusual one."""
        text = self._layout.text
        header = _HEADER.match(text, node.start)
        if header is None:
            raise InputError(_UNUSUAL)
        lines = re.split(r"\r\n|\r|\n", text[self._layout.below(node.start) : node.end])
        first = next((line for line in lines if line.strip(" ")), "")
        width = len(first) - len(first.lstrip(" "))
        return BlockScalar(header[0], [line[width:] for line in lines])

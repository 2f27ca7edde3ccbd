"""The one style of YAML files: which values are on one line, in brackets, or on lines of their own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias

from reconciler.edit.yaml.scalars import flow, scalar
from reconciler.model.source_map import Path

# The longest line on which a list, or a mapping in a list, is written in brackets.
_LIST_WIDTH: Final = 100
_ENTRY_WIDTH: Final = 130
# The column of comments at the end of a line, as far as there is room.
_COMMENT_COLUMN: Final = 40


Form: TypeAlias = Literal["brackets", "lines"]


class BlockScalar(NamedTuple):
    """A text on lines of its own, as it is in a file: `|` or `>` with its indicators, and its lines."""

    header: str
    lines: Sequence[str]


class Notes(Protocol):
    """What is written beside the values: comments, blank lines, and texts that keep their lines."""

    def above(self, path: Path, width: int) -> Iterable[str]:
        """Return the lines above a value; an empty one is a blank line."""

    def beside(self, path: Path) -> str:
        """Return the comment at the end of the first line of a value, or nothing."""

    def below(self, path: Path) -> Iterable[str]:
        """Return the lines after the last entry of a collection."""

    def is_inside(self, path: Path) -> bool:
        """Return whether something that needs a line of its own is in a collection."""

    def block(self, path: Path) -> BlockScalar | None:
        """Return the text that keeps its lines, if the value is one."""

    def form(self, path: Path) -> Form | None:
        """Return how a collection is written now; None for a new one."""


class YamlLines:
    """Writes the values of one document of a kind; each function returns whole lines."""

    def __init__(self, kind: str, notes: Notes) -> None:
        self._kind = kind
        self._notes = notes

    def document(self, data: Mapping[str, Any]) -> Iterator[str]:
        """Yield the lines of a document."""
        yield from self._above((), "", is_first=True)
        yield from self._mapping((), data, "")

    def _above(self, path: Path, indentation: str, *, is_first: bool = False) -> Iterator[str]:
        for line in self._notes.above(path, len(indentation)):
            # No blank line before the first entry of a collection.
            if line or not is_first:
                is_first = False
                yield f"{indentation}{line}" if line else ""

    def _below(self, path: Path, indentation: str) -> Iterator[str]:
        for line in self._notes.below(path):
            yield f"{indentation}{line}" if line else ""

    def _mapping(self, path: Path, data: Mapping[str, Any], indentation: str) -> Iterator[str]:
        for number, (key, value) in enumerate(data.items()):
            yield from self._above((*path, key), indentation, is_first=number == 0)
            yield from self._entry((*path, key), value, indentation, f"{scalar(key)}:")
        yield from self._below(path, indentation)

    def _entry(self, path: Path, value: Any, indentation: str, key: str) -> Iterator[str]:
        inside = f"{indentation}  "
        literal = self._literal(path, value)
        if literal is not None:
            yield self._line(path, f"{indentation}{key} {literal.header}")
            yield from (f"{inside}{line}" if line else "" for line in literal.lines)
        elif not self._is_block(path, value, f"{indentation}{key} "):
            yield self._line(path, f"{indentation}{key} {_in_line(value, str(path[-1]))}")
        else:
            yield self._line(path, f"{indentation}{key}")
            write = self._mapping if isinstance(value, dict) else self._list
            yield from write(path, value, inside)

    def _list(self, path: Path, values: Sequence[Any], indentation: str) -> Iterator[str]:
        for number, value in enumerate(values):
            place = (*path, number)
            yield from self._above(place, indentation, is_first=number == 0)
            literal = self._notes.block(place)
            if literal is not None:
                yield self._line(place, f"{indentation}- {literal.header}")
                yield from (f"{indentation}  {line}" if line else "" for line in literal.lines)
            elif self._is_block(place, value, f"{indentation}- "):
                yield from self._item(place, value, indentation)
            else:
                yield self._line(place, f"{indentation}- {_in_line(value)}")
        yield from self._below(path, indentation)

    def _item(self, path: Path, value: Any, indentation: str) -> Iterator[str]:
        """Yield the lines of a collection in a list; its first entry follows the dash."""
        write = self._mapping if isinstance(value, dict) else self._list
        lines = write(path, value, f"{indentation}  ")
        first = self._notes.beside((*path, next(iter(value), 0) if isinstance(value, dict) else 0))
        if first and self._notes.beside(path):
            yield f"{indentation}{self._notes.beside(path)}"
        for line in lines:
            if not line or line.lstrip().startswith("#"):
                yield line[2:]
                continue
            begun = f"{indentation}- {line[len(indentation) + 2 :]}"
            yield begun if first else self._line(path, begun)
            break
        yield from lines

    def _line(self, path: Path, line: str) -> str:
        comment = self._notes.beside(path)
        if not comment:
            return line
        return f"{line.ljust(_COMMENT_COLUMN) if len(line) < _COMMENT_COLUMN else f'{line}    '}{comment}"

    def _literal(self, path: Path, value: Any) -> BlockScalar | None:
        """Return a text of several lines as it is in the file, or as a literal if that is readable."""
        found = self._notes.block(path)
        if found is None and isinstance(value, str) and _is_literal(value):
            header = "|" if value.endswith("\n") else "|-"
            return BlockScalar(header, value.removesuffix("\n").split("\n"))
        return found

    def _is_block(self, path: Path, value: Any, before: str) -> bool:
        """Return whether a collection needs lines of its own."""
        if not isinstance(value, dict | list) or not value:
            return False
        if self._notes.is_inside(path):
            return True
        form, length = self._notes.form(path), len(before) + len(_in_line(value))
        is_entry = isinstance(path[-1], int) and isinstance(value, dict)
        if form == "lines" and not is_entry:
            return True
        if form == "brackets" and isinstance(value, list):
            return length > _LIST_WIDTH and not isinstance(path[-1], int)
        return self._is_long(path, value, length)

    def _is_long(self, path: Path, value: dict[str, Any] | list[Any], length: int) -> bool:
        """Return whether a list or mapping is too long for one line of this length, or has too much in it."""
        in_list = isinstance(path[-1], int)
        if isinstance(value, list):
            return not in_list and (length > _LIST_WIDTH or any(isinstance(each, dict) for each in value))
        has_collections = any(isinstance(each, dict | list) for each in value.values())
        if len(path) == 1:
            is_open = self._kind == "Partner" and self._notes.form(path) != "brackets"
            return path != ("metadata",) or is_open or has_collections or length > _ENTRY_WIDTH
        is_section = in_list or len(path) == len(("spec", "owners"))
        return (has_collections and is_section) or length > _ENTRY_WIDTH


def _in_line(value: Any, key: str = "") -> str:
    return flow(value, key) if isinstance(value, dict | list) else scalar(value, key, block=True)


def _is_literal(value: str) -> bool:
    """Return whether a text of several lines is readable, and read back the same, as a literal block."""
    body = value.removesuffix("\n")
    return (
        "\n" in body
        and not body.endswith("\n")
        and all(line.isprintable() and line == line.rstrip() for line in body.split("\n"))
        and not body.startswith((" ", "\n"))
    )

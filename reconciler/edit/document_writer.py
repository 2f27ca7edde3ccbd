"""Write documents as YAML in the style of the sample, with comments."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from reconciler.edit.canonical import canonical, shape_at
from reconciler.edit.scalars import flow, scalar
from reconciler.model.new_document import NewDocument
from reconciler.model.printable import printable
from reconciler.model.source_map import Path

SCHEMAS: Final = "schemas"
# The longest line on which a list, or a mapping in a list, is written in brackets.
_LIST_WIDTH: Final = 100
_ENTRY_WIDTH: Final = 130
_COMMENT_WIDTH: Final = 100
# The column of comments at the end of a line, as far as there is room.
_COMMENT_COLUMN: Final = 40
_WORD: Final = re.compile("(?<=[a-z])(?=[A-Z])")
_BREAK: Final = "---\n"


def schema_of(kind: str) -> str:
    """Return the schema of a kind for editors, from the folder of the configuration."""
    return f"{SCHEMAS}/{_WORD.sub('-', kind).lower()}.schema.json"


def file_text(documents: Iterable[NewDocument], folder: str) -> str:
    """Return the content of a file with these documents, in a folder below that of the configuration."""
    return _BREAK.join(document_text(each, folder) for each in documents)


def document_text(document: NewDocument, folder: str) -> str:
    """Return the text of one document, which names its schema first."""
    kind = str(document.data.get("kind", ""))
    up = "../" * len([part for part in folder.split("/") if part not in {"", "."}])
    data = canonical(document.data, shape_at(document.data["kind"], ()))
    lines = [f"# yaml-language-server: $schema={up}{schema_of(kind)}"]
    writer = _Writer(kind, _Comments(document, data))
    lines += [*writer.comments((), ""), *writer.mapping((), data, "")]
    return "".join(f"{line}\n" for line in lines)


class _Comments:
    """The comments of a document, at the paths that are written."""

    def __init__(self, document: NewDocument, data: Any) -> None:
        self.above: dict[Path, list[str]] = {}
        self.beside: dict[Path, str] = {}
        for path, lines in document.above.items():
            self.above.setdefault(_written(data, path), []).extend(lines)
        for path, text in document.beside.items():
            place = _written(data, path)
            if place == path and place not in self.beside:
                self.beside[place] = text
            else:
                self.above.setdefault(place, []).append(text)
        self._parents = {path[:length] for path in (*self.above, *self.beside) for length in range(len(path))}

    def inside(self, path: Path) -> bool:
        """Return whether there are comments below a path."""
        return path in self._parents


def _written(data: Any, path: Path) -> Path:
    """Return a path as far as it exists."""
    for length, step in enumerate(path):
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return path[:length]
    return path


class _Writer:
    """Writes the values of one document; each function returns whole lines."""

    def __init__(self, kind: str, comments: _Comments) -> None:
        self._kind = kind
        self._comments = comments

    def comments(self, path: Path, indentation: str) -> Iterator[str]:
        """Yield the comments above a value."""
        for text in self._comments.above.get(path, ()):
            width = max(40, _COMMENT_WIDTH - len(indentation) - 2)
            # Hyphens are parts of names, and a name that is too long stays whole.
            wrapped = textwrap.wrap(printable(text), width, break_long_words=False, break_on_hyphens=False)
            yield from (f"{indentation}# {line}" for line in wrapped)

    def mapping(self, path: Path, data: Mapping[str, Any], indentation: str) -> Iterator[str]:
        """Yield the lines of a mapping, a key on each line or more."""
        for key, value in data.items():
            yield from self.comments((*path, key), indentation)
            yield from self._entry((*path, key), value, indentation, f"{scalar(key)}:")

    def _entry(self, path: Path, value: Any, indentation: str, key: str) -> Iterator[str]:
        inside = f"{indentation}  "
        if not self._is_block(path, value, f"{indentation}{key} "):
            yield self._line(path, f"{indentation}{key} {_in_line(value, str(path[-1]))}")
        elif isinstance(value, str):
            yield self._line(path, f"{indentation}{key} {'|' if value.endswith(chr(10)) else '|-'}")
            yield from (f"{inside}{line}" if line else "" for line in value.rstrip("\n").split("\n"))
        else:
            yield self._line(path, f"{indentation}{key}")
            write = self.mapping if isinstance(value, dict) else self._list
            yield from write(path, value, inside)

    def _list(self, path: Path, values: Sequence[Any], indentation: str) -> Iterator[str]:
        for number, value in enumerate(values):
            place = (*path, number)
            yield from self.comments(place, indentation)
            if self._is_block(place, value, f"{indentation}- "):
                yield from self._item(place, value, indentation)
            else:
                yield self._line(place, f"{indentation}- {_in_line(value)}")

    def _item(self, path: Path, value: Mapping[str, Any], indentation: str) -> Iterator[str]:
        """Yield the lines of a mapping in a list; the first key follows the dash."""
        lines = self.mapping(path, value, f"{indentation}  ")
        for line in lines:
            if line.lstrip().startswith("#"):
                yield line[2:]
                continue
            yield self._line(path, f"{indentation}- {line[len(indentation) + 2 :]}")
            break
        yield from lines

    def _line(self, path: Path, line: str) -> str:
        comment = self._comments.beside.get(path)
        if comment is None:
            return line
        padded = line.ljust(_COMMENT_COLUMN) if len(line) < _COMMENT_COLUMN else f"{line}    "
        return f"{padded}# {' '.join(printable(comment).split())}"

    def _is_block(self, path: Path, value: Any, before: str) -> bool:
        """Return whether a value needs lines of its own."""
        if isinstance(value, str):
            return isinstance(path[-1], str) and _is_literal(value)
        if not isinstance(value, dict | list) or not value:
            return False
        if self._comments.inside(path):
            return True
        return self._is_long(path, value, len(before) + len(_in_line(value)))

    def _is_long(self, path: Path, value: dict[str, Any] | list[Any], length: int) -> bool:
        """Return whether a list or mapping is too long for one line of this length, or has too much in it."""
        in_list = isinstance(path[-1], int)
        if isinstance(value, list):
            return not in_list and (length > _LIST_WIDTH or any(isinstance(each, dict) for each in value))
        has_collections = any(isinstance(each, dict | list) for each in value.values())
        if len(path) == 1:
            return path != ("metadata",) or self._kind == "Partner" or has_collections
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

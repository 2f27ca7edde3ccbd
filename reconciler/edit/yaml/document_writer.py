"""Write documents as YAML in the style of the sample, with comments."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any, Final

from reconciler.edit.yaml.canonical import canonical, shape_at
from reconciler.edit.yaml.lines import YamlLines
from reconciler.model.new_document import NewDocument
from reconciler.model.printable import printable
from reconciler.model.source_map import Path

SCHEMAS: Final = "schemas"
_COMMENT_WIDTH: Final = 100
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
    lines = YamlLines(kind, _Comments(document, data)).document(data)
    schema = f"# yaml-language-server: $schema={up}{schema_of(kind)}"
    return "".join(f"{line}\n" for line in (schema, *lines))


class _Comments:
    """The comments of a document, at the paths that are written."""

    def __init__(self, document: NewDocument, data: Any) -> None:
        self._above: dict[Path, list[str]] = {}
        self._beside: dict[Path, str] = {}
        for path, lines in document.above.items():
            self._above.setdefault(_written(data, path), []).extend(lines)
        for path, text in document.beside.items():
            place = _written(data, path)
            if place == path and place not in self._beside:
                self._beside[place] = text
            else:
                self._above.setdefault(place, []).append(text)
        paths = (*self._above, *self._beside)
        self._parents = {path[:length] for path in paths for length in range(len(path))}

    def above(self, path: Path, width: int) -> Iterator[str]:
        """Yield the comments above a value, in lines that are not too long."""
        longest = max(40, _COMMENT_WIDTH - width - 2)
        for text in self._above.get(path, ()):
            # Hyphens are parts of names, and a name that is too long stays whole.
            wrapped = textwrap.wrap(printable(text), longest, break_long_words=False, break_on_hyphens=False)
            yield from (f"# {line}" for line in wrapped)

    def beside(self, path: Path) -> str:
        """Return the comment at the end of the first line of a value, or nothing."""
        comment = self._beside.get(path)
        return "" if comment is None else f"# {' '.join(printable(comment).split())}"

    def below(self, path: Path) -> tuple[str, ...]:  # noqa: ARG002  the protocol's signature
        """Return nothing: comments are about values."""
        return ()

    def is_inside(self, path: Path) -> bool:
        """Return whether there are comments below a path."""
        return path in self._parents

    def form(self, path: Path) -> None:
        """Return None: every value is new."""

    def block(self, path: Path) -> None:
        """Return None: no text has lines yet."""


def _written(data: Any, path: Path) -> Path:
    """Return a path as far as it exists."""
    for length, step in enumerate(path):
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return path[:length]
    return path

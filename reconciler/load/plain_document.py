"""Documents of plain YAML: their values and positions are read again if they are asked for later.

Most files have no finding and no change. Then nothing but the models of their documents is needed.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from reconciler.load.plain_yaml import plain_documents
from reconciler.load.yaml_events import Place, Raw, documents
from reconciler.model.source_map import Positions


class PlainDocument:
    """One document of a file without errors."""

    __slots__ = ("_file", "_number")
    # Plain YAML has nothing that is refused.
    refused: Sequence[Place] = ()

    def __init__(self, file: "_File", number: int) -> None:
        self._file = file
        self._number = number

    @property
    def data(self) -> Any:
        """The values."""
        return self._file.read()[self._number]

    def find(self, path: Iterable[str | int], *, key: bool = False) -> tuple[int, int]:
        """Return line and column of the value at `path`, or of its key; see `Written.find`."""
        return self._file.positions()[self._number].find(self.data, path, key=key)

    def forget(self) -> None:
        """Forget the values of all documents of the file."""
        self._file.values = None


# A document as it was read: with its values and positions, or with what they can be read from.
Parsed = Raw | PlainDocument


class _File:
    __slots__ = ("_content", "_positions", "values")

    def __init__(self, content: bytes, values: list[Any]) -> None:
        self._content = content
        self._positions: list[Positions] | None = None
        self.values: list[Any] | None = values

    def read(self) -> list[Any]:
        """Return the values of all documents."""
        if self.values is None:
            self.values = plain_documents(self._content) or []
        return self.values

    def positions(self) -> list[Positions]:
        """Return the positions of all documents."""
        if self._positions is None:
            self._positions = [raw.positions for raw in documents(self._content, _refuse)]
        return self._positions


def read_plain(content: bytes) -> list[PlainDocument] | None:
    """Return the documents of a file, or None if it is not plain YAML; see `plain_documents`."""
    values = plain_documents(content)
    if values is None:
        return None
    file = _File(content, values)
    return [PlainDocument(file, number) for number in range(len(values))]


def _refuse(line: int, column: int, message: str, _hint: str) -> None:
    raise AssertionError(f"{line}:{column}: {message}, in a file without errors")

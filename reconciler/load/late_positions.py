"""Read the positions of a file only if one is asked for: most files have no finding and no change."""

from collections.abc import Iterable, Sequence
from typing import Any

from reconciler.load.yaml_events import Raw, documents
from reconciler.model.source_map import SourceMap


def with_late_positions(content: bytes, values: Sequence[Any]) -> list[Raw]:
    """Return the documents of a file without errors, whose values were read without positions."""
    file = _File(content)
    return [Raw(each, _LatePositions(file, number)) for number, each in enumerate(values)]


class _File:
    __slots__ = ("_content", "_maps")

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._maps: list[SourceMap] | None = None

    def maps(self) -> list[SourceMap]:
        """Return the positions of all documents."""
        if self._maps is None:
            self._maps = [raw.positions for raw in documents(self._content, _refuse)]
            self._content = b""
        return self._maps


class _LatePositions:
    __slots__ = ("_file", "_number")

    def __init__(self, file: _File, number: int) -> None:
        self._file = file
        self._number = number

    def find(self, data: Any, path: Iterable[str | int], *, key: bool = False) -> tuple[int, int]:
        """Return line and column of the value at `path` in `data`, or of its key; see `SourceMap.find`."""
        return self._file.maps()[self._number].find(data, path, key=key)


def _refuse(line: int, column: int, message: str, _hint: str) -> None:
    raise AssertionError(f"{line}:{column}: {message}, in a file without errors")

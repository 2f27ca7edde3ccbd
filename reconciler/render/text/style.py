"""Colors, counts and columns for all plain text."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.model.printable import printable

_COLORS: Final = {"green": 32, "yellow": 33, "red": 31, "cyan": 36, "bold": 1, "dim": 2}
_PAINT: Final = re.compile(f"(\x1b\\[(?:0|{'|'.join(map(str, _COLORS.values()))})m)")
_WIDEST: Final = 100


class Style:
    """Add color codes to text if color is enabled."""

    def __init__(self, *, color: bool) -> None:
        self._color = color

    def paint(self, text: str, name: str) -> str:
        """Return the text in a color, bold or dim."""
        return f"\x1b[{_COLORS[name]}m{text}\x1b[0m" if self._color and text else text


def escaped(text: str) -> str:
    """Escape all control characters in colored lines except our own color codes."""
    parts = _PAINT.split(text)
    return "".join(part if place % 2 else printable(part, keep="\n") for place, part in enumerate(parts))


def listed(names: Sequence[str], most: int | None = None) -> str:
    """Return names separated by commas; those beyond `most` are counted."""
    shown = [printable(name) for name in names]
    if most is None or len(shown) <= most:
        return ", ".join(shown)
    return f"{', '.join(shown[:most])} and {len(shown) - most:,} more"


def columns(rows: Iterable[Sequence[str]], gap: int = 2) -> list[str]:
    """Align the cells of rows in columns, one line per row; the last cell is not padded.

    Cells are escaped here, so add colors afterwards. A very long cell does not widen its column.
    """
    rows = [tuple(map(printable, row)) for row in rows]
    if not rows:
        return []
    widths = [max(min(len(row[place]), _WIDEST) for row in rows) for place in range(len(rows[0]) - 1)]
    between = " " * gap
    return [
        "".join(
            [
                f"{cell.ljust(width)}{between if width else ''}"
                for cell, width in zip(row, widths, strict=False)
            ]
            + [row[-1]]
        ).rstrip()
        for row in rows
    ]

"""The unified difference of a file, whose lines are untrusted text."""

import re
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from typing import Final

from reconciler.model.printable import printable
from reconciler.render.text.style import Style

_BREAK: Final = re.compile(r"\r\n|\r|\n")
_COLORS: Final = {"+": "green", "-": "red", "@": "cyan"}
_NO_FILE: Final = "/dev/null"


def file_difference(
    path: str, before: str | None, after: str | None, *, color: bool, old_path: str = ""
) -> str:
    """Return the difference between two texts of a file; None where there is no file.

    `old_path` is the former path of a file that gets another one.
    """
    old = _NO_FILE if before is None else old_path or path
    new = _NO_FILE if after is None else path
    lines = unified_diff(_lines(before or ""), _lines(after or ""), printable(old), printable(new))
    return "".join(_painted(lines, Style(color=color)))


def _lines(text: str) -> list[str]:
    """Return the lines of a text, each with the same line break; the last one may have none."""
    *whole, last = _BREAK.split(text)
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]


def _painted(lines: Iterable[str], style: Style) -> Iterator[str]:
    for number, line in enumerate(lines):
        color = "bold" if number < 2 else _COLORS.get(line[:1], "")  # noqa: PLR2004  the names of the file
        shown = printable(line.removesuffix("\n"))
        yield f"{style.paint(shown, color) if color else shown}\n"
        if not line.endswith("\n"):
            yield "\\ No newline at end of file\n"

"""Draw the terminal output of a command as an SVG picture: `draw.py plan.svg reconciler plan`.

The command runs on a pseudo-terminal, so that the picture has its colors.
"""

import os
import pty
import re
import subprocess
import sys
import termios
from html import escape
from pathlib import Path
from typing import Final

COLUMNS: Final = 110
LINE: Final = 19
LETTER: Final = 8.43
MARGIN: Final = 18
BOLD: Final = "1"
FAINT: Final = "2"
COLORS: Final = {
    "31": "#ff7b72",
    "32": "#7ee787",
    "33": "#e3b341",
    "34": "#79c0ff",
    "35": "#d2a8ff",
    "36": "#76e3ea",
    "90": "#8b949e",
}
ESCAPE: Final = re.compile(r"\x1b\[([\d;]*)m")
OTHER: Final = re.compile(r"\x1b(?:\[[\d;?]*[A-Za-ln-z]|\][^\x07]*\x07)")


def printed(command: list[str]) -> str:
    """Return the output of a command on a terminal with COLUMNS columns."""
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (50, COLUMNS))
    with subprocess.Popen(command, stdout=follower, stderr=subprocess.DEVNULL) as child:  # noqa: S603  the user names the command
        os.close(follower)
        text = b"".join(_chunks(leader))
        child.wait()
    return OTHER.sub("", text.decode()).replace("\r\n", "\n")


def _chunks(leader: int) -> list[bytes]:
    found = []
    try:
        while chunk := os.read(leader, 4096):
            found.append(chunk)
    except OSError:  # the other end is closed
        pass
    return found


def drawn(command: list[str], text: str) -> str:
    """Return the SVG of a prompt, the command and its output."""
    prompt = f"\x1b[90m$ \x1b[0m\x1b[1m{' '.join(command)}\x1b[0m"
    rows = [row for line in (prompt, "", *text.strip("\n").split("\n")) for row in _rows(line)]
    width, height = round(2 * MARGIN + LETTER * COLUMNS), 2 * MARGIN + LINE * len(rows)
    body = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + LINE * number + 14}">{row}</text>'
        for number, row in enumerate(rows)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-label="{escape(" ".join(command))}">\n'
        "<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        "fill:#e6edf3;white-space:pre}</style>\n"
        f'<rect width="{width}" height="{height}" rx="10" fill="#0d1117"/>\n{body}\n</svg>\n'
    )


def _rows(line: str) -> list[str]:
    """Return the rows of the picture that a line fills.

    Each run of one style has its own column, so that a wider font does not shift what follows.
    """
    rows, style, column = [""], [""], 0
    for place, part in enumerate(ESCAPE.split(line)):
        if place % 2:
            style = [] if part in {"", "0"} else [*style, *part.split(";")]
            continue
        left = part
        while left:
            if column == COLUMNS:
                rows.append("")
                column = 0
            fits, left = left[: COLUMNS - column], left[COLUMNS - column :]
            rows[-1] += _span(fits, column, style)
            column += len(fits)
    return rows


def _span(text: str, column: int, style: list[str]) -> str:
    x = MARGIN + LETTER * column
    return f'<tspan x="{x:.1f}" xml:space="preserve"{_look(style)}>{escape(text)}</tspan>'


def _look(style: list[str]) -> str:
    color = next((COLORS[code] for code in reversed(style) if code in COLORS), "")
    fill = f' fill="{color}"' if color else ""
    weight = ' font-weight="bold"' if BOLD in style else ""
    faint = ' opacity=".65"' if FAINT in style else ""
    return f"{fill}{weight}{faint}"


if __name__ == "__main__":
    target, *asked = sys.argv[1:]
    Path(target).write_text(drawn(asked, printed(asked)), encoding="utf-8")

"""Draw what a command prints on a terminal as an SVG picture: `draw.py plan.svg reconciler plan`.

The command runs on a real terminal, a pseudo one, so that the picture has its colours.
"""

import os
import pty
import re
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Final

COLUMNS: Final = 100
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
OTHER: Final = re.compile(r"\x1b(?:\[[\d;?]*[A-LN-Za-z]|\][^\x07]*\x07)")


def printed(command: list[str]) -> str:
    """What a command prints on a terminal of 100 columns."""
    leader, follower = pty.openpty()
    wide = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    with subprocess.Popen(command, stdout=follower, stderr=subprocess.DEVNULL, env=wide) as child:  # noqa: S603  a picture of it was asked for
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
    """The SVG of a prompt, the command and its text."""
    lines = [f"\x1b[90m$ \x1b[0m\x1b[1m{' '.join(command)}\x1b[0m", "", *text.strip("\n").split("\n")]
    width = round(2 * MARGIN + LETTER * max(len(ESCAPE.sub("", line)) for line in lines))
    height = 2 * MARGIN + LINE * len(lines)
    rows = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + LINE * number + 14}">{_spans(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-label="{escape(" ".join(command))}">\n'
        "<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        "fill:#e6edf3;white-space:pre}</style>\n"
        f'<rect width="{width}" height="{height}" rx="10" fill="#0d1117"/>\n{rows}\n</svg>\n'
    )


def _spans(line: str) -> str:
    """Each stretch of one style at its own column, so that a wider font does not shift what follows."""
    spans, style, column = [], [""], 0
    for place, part in enumerate(ESCAPE.split(line)):
        if place % 2:
            style = [] if part in {"", "0"} else [*style, *part.split(";")]
        elif part:
            x = MARGIN + LETTER * column
            spans.append(f'<tspan x="{x:.1f}" xml:space="preserve"{_look(style)}>{escape(part)}</tspan>')
            column += len(part)
    return "".join(spans)


def _look(style: list[str]) -> str:
    color = next((COLORS[code] for code in reversed(style) if code in COLORS), "")
    fill = f' fill="{color}"' if color else ""
    weight = ' font-weight="bold"' if BOLD in style else ""
    faint = ' opacity=".65"' if FAINT in style else ""
    return f"{fill}{weight}{faint}"


if __name__ == "__main__":
    target, *asked = sys.argv[1:]
    Path(target).write_text(drawn(asked, printed(asked)), encoding="utf-8")

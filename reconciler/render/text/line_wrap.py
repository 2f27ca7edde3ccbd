"""Wrap lines at the width of a terminal, between words, with an indent."""

import re
from typing import Final

_PAINT: Final = re.compile("\x1b\\[[0-9;]*m")
_WORDS: Final = re.compile(" +|[^ ]+")
# The line number at the end of a change, after the padding of its column.
_LOCATION: Final = re.compile(" +((?:\x1b\\[[0-9;]*m)*:[0-9]+(?:\x1b\\[[0-9;]*m)*)$")
_INDENT: Final = 4


def wrapped(text: str, width: int) -> str:
    """Wrap the text in lines of at most `width` characters, color codes not counted.

    Words are not split. A line number at the end stays on the line of the word before.
    """
    return "\n".join(_line(line, width) for line in text.split("\n"))


def _line(line: str, width: int) -> str:
    if _width(line) <= width:
        return line
    location = _LOCATION.search(line)
    suffix = f"  {location[1]}" if location else ""
    text = line[: location.start()] if location else line
    if _width(text + suffix) <= width:
        return text + suffix
    indent = len(line) - len(line.lstrip(" ")) + _INDENT
    lines, current, column = list[str](), "", 0
    words = _WORDS.findall(text)
    words[-1] += suffix
    for word in words:
        length = _width(word)
        if column + length > width and current.strip() and word.strip():
            lines.append(current.rstrip())
            current, column = " " * indent, indent
        current, column = current + word, column + length
    return "\n".join([*lines, current.rstrip()])


def _width(text: str) -> int:
    return len(_PAINT.sub("", text))

"""Lines that are wider than a terminal: broken between words, and continued further in."""

import re
from typing import Final

_PAINT: Final = re.compile("\x1b\\[[0-9;]*m")
_WORDS: Final = re.compile(" +|[^ ]+")
# The line number at the end of a change, behind as many spaces as its column needs.
_PLACE: Final = re.compile(" +((?:\x1b\\[[0-9;]*m)*:[0-9]+(?:\x1b\\[[0-9;]*m)*)$")
_FURTHER: Final = 4


def wrapped(text: str, width: int) -> str:
    """Return the text in lines of at most `width` characters, colours not counted.

    A word that is wider than a line stays whole. A line number at the end stays beside the word before it.
    """
    return "\n".join(_line(line, width) for line in text.split("\n"))


def _line(line: str, width: int) -> str:
    if _width(line) <= width:
        return line
    place = _PLACE.search(line)
    near = f"  {place[1]}" if place else ""
    text = line[: place.start()] if place else line
    if _width(text + near) <= width:
        return text + near
    indent = len(line) - len(line.lstrip(" ")) + _FURTHER
    lines, here, at = list[str](), "", 0
    words = _WORDS.findall(text)
    words[-1] += near
    for word in words:
        length = _width(word)
        if at + length > width and here.strip() and word.strip():
            lines.append(here.rstrip())
            here, at = " " * indent, indent
        here, at = here + word, at + length
    return "\n".join([*lines, here.rstrip()])


def _width(text: str) -> int:
    return len(_PAINT.sub("", text))

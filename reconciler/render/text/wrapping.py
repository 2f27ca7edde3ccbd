"""Lines that are wider than a terminal: broken between words, and what follows stands further in."""

import re
from typing import Final

_PAINT: Final = re.compile("\x1b\\[[0-9;]*m")
_WORDS: Final = re.compile(" +|[^ ]+")
_FURTHER: Final = 4


def wrapped(text: str, width: int) -> str:
    """Return the text in lines of at most `width` characters, colours not counted.

    A word that is wider than a line stays whole.
    """
    return "\n".join(_line(line, width) for line in text.split("\n"))


def _line(line: str, width: int) -> str:
    if len(_PAINT.sub("", line)) <= width:
        return line
    indent = len(line) - len(line.lstrip(" ")) + _FURTHER
    lines, here, at = list[str](), "", 0
    for word in _WORDS.findall(line):
        length = len(_PAINT.sub("", word))
        if at + length > width and here.strip() and word.strip():
            lines.append(here.rstrip())
            here, at = " " * indent, indent
        here, at = here + word, at + length
    return "\n".join([*lines, here.rstrip()])

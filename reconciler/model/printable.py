"""Escape control and invisible characters in untrusted text from files and portals."""

import re
import unicodedata
from typing import Final

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Invisible letters and marks: default ignorable characters that no category covers, and a blank.
_IGNORABLE: Final = frozenset(
    map(
        chr,
        (
            0x034F,
            0x115F,
            0x1160,
            0x17B4,
            0x17B5,
            *range(0x180B, 0x1810),
            0x2800,
            0x3164,
            *range(0xFE00, 0xFE10),
            0xFFA0,
            *range(0xE0100, 0xE01F0),
        ),
    )
)


# The start of a runner command, after any whitespace at the beginning of a line.
_COMMAND: Final = re.compile(r"^([^\S\n]*)::", re.MULTILINE)


def printable(text: str, *, keep: str = "") -> str:
    r"""Return the text with invisible characters escaped, such as `\u202e`, except those in `keep`.

    The start of a runner command is escaped in each line as well.
    """
    text = disarmed(text)
    if not (text.isascii() and text.isprintable()):
        hidden = {ord(each): _escaped(each) for each in unseen(text) if each not in keep}
        text = text.translate(hidden) if hidden else text
    return _COMMAND.sub(r"\1\\u003a:", text) if "::" in text else text


def disarmed(text: str) -> str:
    """Return the text with the start of a runner command escaped, wherever it is in a line.

    A JSON parser reads the same value as before.
    """
    return text.replace("##[", "#\\u0023[")


def unseen(text: str) -> set[str]:
    """Return the control characters and invisible characters of a text."""
    return {each for each in set(text) if unicodedata.category(each) in _UNSEEN or each in _IGNORABLE}


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode()

"""Text from files and portals is untrusted: what a terminal would obey, or not show, is made visible."""

import re
import unicodedata
from typing import Final

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that show nothing: Unicode's default ignorable ones that no category tells, and a blank.
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


# What runners obey at the beginning of a line, behind any space.
_COMMAND: Final = re.compile(r"^([^\S\n]*)::", re.MULTILINE)


def printable(text: str, *, keep: str = "") -> str:
    r"""Return the text with what nobody sees written out, such as `\u202e`; `keep` stays.

    So is what begins a command to a runner, in each line.
    """
    text = disarmed(text)
    if not (text.isascii() and text.isprintable()):
        hidden = {ord(each): _escaped(each) for each in unseen(text) if each not in keep}
        text = text.translate(hidden) if hidden else text
    return _COMMAND.sub(r"\1\\u003a:", text) if "::" in text else text


def disarmed(text: str) -> str:
    """Return the text with what begins a command to a runner, wherever in a log it stands, written out.

    What JSON reads from it is the same as before.
    """
    return text.replace("##[", "#\\u0023[")


def unseen(text: str) -> set[str]:
    """Return the characters of a text that a terminal would obey, or not show."""
    return {each for each in set(text) if unicodedata.category(each) in _UNSEEN or each in _IGNORABLE}


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode()

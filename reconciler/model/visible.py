"""Text from files and portals is untrusted: what a terminal would obey, or not show, is made visible."""

import unicodedata

# Characters that print as they are although their category says format or separator.
_PLAIN = frozenset(" ")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str, *, keep: str = "") -> str:
    r"""Return the text with control, direction and zero-width characters written as `\u202e`; `keep` stays."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if character in keep or not _is_unseen(character) else _escaped(character)
        for character in text
    )


def _is_unseen(character: str) -> bool:
    return character not in _PLAIN and unicodedata.category(character) in _UNSEEN


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode()

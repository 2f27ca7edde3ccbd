"""The rules about characters that deceive the eye: addresses that look alike, and text that hides."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from reconciler.errors import InputError
from reconciler.model.identity import canonical_domain
from reconciler.model.positions import Path
from reconciler.policy.index import Index
from reconciler.policy.world import Violation

# Scripts whose letters are mistaken for one another; others are not, and are written side by side.
_ALIKE: Final = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}
_INVISIBLE: Final = {"Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn"}
_JOINERS: Final = {"\u200c", "\u200d"}
_LINES: Final = {"\n", "\t"}
_ADDRESS: Final = {"email", "developer"}
_ADDRESSES: Final = {"admins", "members", "blocked", "domains"}


def impossible_domain(index: Index) -> Iterator[Violation]:
    """Every e-mail address and domain can exist; beyond ASCII, only IDNA tells."""
    for document, path, text in index.unusual:
        if _is_address(path) and not text.isascii() and document.body is not None:
            try:
                canonical_domain(unicodedata.normalize("NFC", text).lower().rpartition("@")[2])
            except InputError as error:
                yield Violation(document, path, error.message, "write it as its registry does")


def lookalike_email(index: Index) -> Iterator[Violation]:
    """No e-mail address or domain mixes scripts that look alike, or holds characters that nobody sees."""
    for document, path, text in index.unusual:
        strange = _strange(text) if _is_address(path) else ""
        if strange:
            message = f"{_plain(text)} holds {strange}: it is not the address it looks like"
            yield Violation(document, path, message, "type the address anew")


def hidden_characters(index: Index) -> Iterator[Violation]:
    """No text holds characters that nobody sees: controls, zero width, changes of direction."""
    for document, path, text in index.unusual:
        hidden = "" if _is_address(path) else _hidden(text)
        if hidden:
            yield Violation(document, path, f"this text holds {hidden}", "take it out")


def _is_address(path: Path) -> bool:
    return path[-1] in _ADDRESS or (len(path) > 1 and path[-2] in _ADDRESSES)


def _strange(address: str) -> str:
    for label in re.split("[.@]", address):
        text = _decoded(label)
        scripts = sorted({_script(letter) for letter in text if letter.isalpha()} & _ALIKE)
        if _hidden(text):
            return _hidden(text)
        if len(scripts) > 1:
            return f"{' and '.join(script.capitalize() for script in scripts)} letters in one word"
    return ""


def _decoded(label: str) -> str:
    """Return what a label in A-form stands for."""
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _hidden(text: str) -> str:
    """Return the first character that nobody sees, by number and name."""
    for place, character in enumerate(text):
        if unicodedata.category(character) in _INVISIBLE and character not in _LINES:
            # Persian, Indic scripts and emoji need joiners.
            if (
                character in _JOINERS
                and not text[max(place - 1, 0) : place + 2].replace(character, "").isascii()
            ):
                continue
            return f"U+{ord(character):04X} ({unicodedata.name(character, 'control character').lower()})"
    return ""


def _plain(text: str) -> str:
    return ascii(text)[1:-1]

"""Check for deceptive characters: addresses that look alike, and invisible characters in text."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from reconciler.errors import InputError
from reconciler.model.document import Document
from reconciler.model.identity import canonical_domain, canonical_email, normalized_domain, normalized_email
from reconciler.model.source_map import Path
from reconciler.policy.confusables import skeleton
from reconciler.policy.context import Violation
from reconciler.policy.enumeration import named
from reconciler.policy.index import Index

# Scripts with letters that look alike; letters of other scripts may be mixed.
_ALIKE: Final = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}
_INVISIBLE: Final = {"Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn"}
_JOINERS: Final = {"\u200c", "\u200d"}
_LINES: Final = {"\n", "\t"}
# Longer than any address; the schema reports it, and decoding and comparing it would be slow.
_MAX_LENGTH: Final = 1_000
_ADDRESS: Final = {"email", "developer"}
_ADDRESSES: Final = {"admins", "members", "blocked", "domains"}


def impossible_address(index: Index) -> Iterator[Violation]:
    """E-mail addresses and domains beyond ASCII must be valid in their canonical form."""
    for document, path, text in index.unusual:
        if _is_address(document, path) and not text.isascii() and document.body is not None:
            try:
                canonical_email(text) if "@" in text else canonical_domain(text)
            except InputError as error:
                yield Violation(
                    document,
                    path,
                    error.message,
                    error.hint or "use the form in which the domain is registered",
                )


def lookalike_email(index: Index) -> Iterator[Violation]:
    """Report e-mail addresses and domains that mix similar scripts or contain invisible characters.

    Also report addresses and domains that look like another one in the files, but use a different script.
    """
    addresses = [
        (document, path, text)
        for document, path, text in index.unusual
        if _is_address(document, path) and len(text) <= _MAX_LENGTH
    ]
    known = _Known(index) if addresses else None
    for document, path, text in addresses:
        strange = _strange(text)
        if strange:
            message = f"{_plain(text)} contains {strange}: it is not the address that it looks like"
            yield Violation(document, path, message, "type the address again")
        elif known is not None and (twin := known.twin(text)):
            message = (
                f"{_plain(text)} looks like {twin}, but is a different address with {_scripts(text)} letters"
            )
            yield Violation(document, path, message, "type the address again, or remove the false one")


class _Known:
    """The addresses and domains in the files, by their skeletons."""

    def __init__(self, index: Index) -> None:
        texts: dict[str, set[str]] = {}
        for text in dict.fromkeys(_named(index)):
            local, at, domain = (
                normalized_email(text).rpartition("@") if "@" in text else ("", "", normalized_domain(text))
            )
            for each in (f"{local}{at}{domain}", domain):
                texts.setdefault(looks(each), set()).add(each)
        # Two are enough to find one that is not the text itself.
        self._texts = {look: sorted(alike)[:2] for look, alike in texts.items()}

    def twin(self, text: str) -> str:
        """Return another known address or domain that looks like the text, or nothing."""
        whole = normalized_email(text) if "@" in text else normalized_domain(text)
        for each in dict.fromkeys((whole, whole.rpartition("@")[2])):
            other = next((known for known in self._texts.get(looks(each), ()) if known != each), None)
            if other is not None:
                return _plain(other)
        return ""


def _named(index: Index) -> Iterator[str]:
    """Yield every address and domain of partners, groups and owners."""
    for holder in index.holders.values():
        yield from holder.body.spec.domains
        yield from holder.body.spec.blocked
        yield from (person.email for person in holder.people)
    for _, group in index.groups.values():
        yield from (grant.developer for grant in group.spec.grants if grant.developer)
    yield from (owner.email for owner in index.settings.owners.values())


def looks(address: str) -> str:
    """Return the skeleton of a canonical address or domain; those that look alike have the same."""
    return skeleton(re.sub(r"[^.@]+", lambda label: _decoded(label[0]), address))


def _scripts(address: str) -> str:
    """Return the scripts of the non-Latin letters."""
    letters = "".join(map(_decoded, re.split("[.@]", address)))
    found = {_script(letter).capitalize() for letter in letters if letter.isalpha()} - {"Latin"}
    return " and ".join(sorted(found)) or "Latin"


def hidden_characters(index: Index) -> Iterator[Violation]:
    """Report invisible characters in text: control, zero-width and bidirectional characters."""
    for document, path, text in index.unusual:
        hidden = [] if _is_address(document, path) else _hidden(text)
        if hidden:
            hint = "remove it" if len(hidden) == 1 else "remove them"
            yield Violation(document, path, f"this text contains {named(hidden)}", hint)


def _is_address(document: Document, path: Path) -> bool:
    if not isinstance(path[-1], int):
        return path[-1] in _ADDRESS
    above = path[-2] if len(path) > 1 else None
    return above in _ADDRESSES or (document.kind == "People" and above == "previously")


def _strange(address: str) -> str:
    for label in re.split("[.@]", address):
        text = _decoded(label)
        scripts = sorted({_script(letter) for letter in text if letter.isalpha()} & _ALIKE)
        hidden = _hidden(text)
        if hidden:
            return named(hidden)
        if len(scripts) > 1:
            return f"{' and '.join(script.capitalize() for script in scripts)} letters in one word"
    return ""


def _decoded(label: str) -> str:
    """Decode an A-label to Unicode."""
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _hidden(text: str) -> list[str]:
    """Return numbers and names of the invisible characters in a text, each once, in order."""
    found: dict[str, None] = {}
    for place, character in enumerate(text):
        if unicodedata.category(character) in _INVISIBLE and character not in _LINES:
            # Persian, Indic scripts and emoji need joiners.
            if (
                character in _JOINERS
                and not text[max(place - 1, 0) : place + 2].replace(character, "").isascii()
            ):
                continue
            found[f"U+{ord(character):04X} ({unicodedata.name(character, 'control character').lower()})"] = (
                None
            )
    return list(found)


def _plain(text: str) -> str:
    return ascii(text)[1:-1]

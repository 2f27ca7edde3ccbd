"""Canonical e-mail addresses and domains: NFC, lower case, IDNA A-labels."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import idna

MAX_EMAIL: Final = 254
MAX_DOMAIN: Final = 253
# A dot-atom: no control character, no space of any script, no quote, bracket, separator, and no slash.
ATOM: Final = r'[^\x00-\x20"(),./:;<>@\[\\\]\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+'
_TOO_LONG: Final = f"longer than {MAX_EMAIL} bytes"
# Unicode's default ignorable letters and marks, which no category marks as such, and a blank.
_IGNORABLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_IGNORING_DOTS: Final = frozenset({"gmail.com", "googlemail.com"})
_DOMAIN: Final = re.compile(
    r"(?=.{3,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z"
)
_LOCAL: Final = re.compile(rf"{ATOM}(?:\.{ATOM})*\Z")


def canonical_email(text: str) -> str:
    """Return the canonical form of an address. Raise ValueError if it is invalid."""
    if len(text) > MAX_EMAIL:
        raise ValueError(_TOO_LONG)
    local, _, domain = text.rpartition("@")
    if not text.isascii():
        # Lower case can undo NFC, so it is normalised before and after.
        local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())
    if not _LOCAL.match(local):
        raise ValueError("not an e-mail address")
    email = f"{local.lower()}@{canonical_domain(domain)}"
    if len(email.encode()) > MAX_EMAIL:
        raise ValueError(_TOO_LONG)
    return email


def mailbox(email: str) -> str:
    """Return a common form of all canonical addresses that are delivered to the same person.

    It has no tag after a plus, no invisible characters, and no dots that Gmail ignores. Different people can
    have the same form, so use it to limit mails, but not to identify people.
    """
    local, _, domain = email.rpartition("@")
    if not local.isascii():
        local = _folded(local)
    local = local.partition("+")[0] or local
    if domain in _IGNORING_DOTS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _folded(local: str) -> str:
    """Return a common form of local parts that look alike."""
    seen = "".join(each for each in _IGNORABLE.sub("", local) if unicodedata.category(each) != "Cf")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())


@lru_cache(maxsize=4096)
def canonical_domain(text: str) -> str:
    """Return the canonical form of a domain. Raise ValueError if it is invalid."""
    domain = text.lower()
    if not text.isascii():
        try:
            domain = idna.encode(text, uts46=True).decode().lower()
        except idna.IDNAError as error:
            raise ValueError("not a valid domain") from error
    if not _DOMAIN.match(domain):
        raise ValueError("not a valid domain")
    return domain

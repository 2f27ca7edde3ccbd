"""The identity of people: an e-mail address in canonical form."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import idna

from reconciler.errors import InputError

# RFC 5321 counts bytes; beyond ASCII, they are known only for the canonical form.
MAX_EMAIL: Final = 254
MAX_DOMAIN: Final = 253

# Everything except control characters, Unicode spaces, quotes, brackets, separators, and the slash, which
# separates the parts of ids.
_SPACES: Final = r"\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NOT_ATOM: Final = r"\x00-\x20\x22\x28\x29\x2c\x2e\x2f\x3a\x3b\x3c\x3e\x40\x5b\x5c\x5d\x7f-\xa0"
_ATOM: Final = f"[^{_NOT_ATOM}{_SPACES}]+"
LOCAL: Final = rf"{_ATOM}(?:\.{_ATOM})*"

_LOCAL: Final = re.compile(LOCAL)
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LABELS: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
# Longer than any address. Normalizing text can take time quadratic in its length.
_MAX_LENGTH: Final = 1_000


def canonical_email(text: str) -> str:
    """Return the canonical form of an address: NFC, lower case, the domain in IDNA A-labels.

    Raises InputError if the address is not valid. An ASCII address is only converted to lower case.
    """
    if text.isascii():
        return text.lower()
    _require_short(text)
    local, _, domain = unicodedata.normalize("NFC", text).lower().rpartition("@")
    local = unicodedata.normalize("NFC", local)
    if not _LOCAL.fullmatch(local):
        raise InputError(f'{text!r} is not an e-mail address: its normal form begins "{ascii(local)[1:-1]}@"')
    email = f"{local}@{canonical_domain(domain)}"
    if len(email.encode()) > MAX_EMAIL:
        raise InputError(
            f"{text!r} is longer than {MAX_EMAIL} bytes with its domain in ASCII", "use a shorter address"
        )
    return email


def canonical_domain(text: str) -> str:
    """Return a domain in lower case and IDNA A-labels. Raises InputError if it is not valid.

    An ASCII domain is only converted to lower case.
    """
    return text.lower() if text.isascii() else _in_a_labels(text)


@lru_cache(maxsize=4096)
def _in_a_labels(text: str) -> str:
    _require_short(text)
    try:
        domain = idna.encode(text, uts46=True).decode().lower()
    except idna.IDNAError as error:
        raise InputError(f"{text!r} is not a valid domain: {error}") from error
    if len(domain) > MAX_DOMAIN or not _LABELS.fullmatch(domain):
        raise InputError(f'{text!r} is not a valid domain: in ASCII it is "{domain}"')
    return domain


def normalized_email(email: str) -> str:
    """Return the canonical form of an address, or the address in lower case if it is invalid."""
    try:
        return canonical_email(email)
    except InputError:
        return email.lower()


def normalized_domain(domain: str) -> str:
    """Return the canonical form of a domain, or the domain in lower case if it is invalid."""
    try:
        return canonical_domain(domain)
    except InputError:
        return domain.lower()


def _require_short(text: str) -> None:
    if len(text) > _MAX_LENGTH:
        raise InputError(f"an address cannot have {len(text):,} characters")


def domain_of(email: str) -> str:
    """Return the domain of a canonical address."""
    return email.rpartition("@")[2]

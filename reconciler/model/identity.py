"""Who is who: one person is one e-mail address, whatever its spelling."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import idna

from reconciler.errors import InputError

# RFC 5321 counts bytes; beyond ASCII they are known only once an address has its one spelling.
MAX_EMAIL: Final = 254
MAX_DOMAIN: Final = 253

# Everything but control characters, spaces of any script, quotes, brackets, separators and the slash, which
# separates the parts of ids.
_SPACES: Final = r"\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NOT_ATOM: Final = r"\x00-\x20\x22\x28\x29\x2c\x2e\x2f\x3a\x3b\x3c\x3e\x40\x5b\x5c\x5d\x7f-\xa0"
_ATOM: Final = f"[^{_NOT_ATOM}{_SPACES}]+"
LOCAL: Final = rf"{_ATOM}(?:\.{_ATOM})*"

_LOCAL: Final = re.compile(LOCAL)
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LABELS: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
# Far more than an address can have. To normalize text can take time by the square of its length.
_LONGEST: Final = 1_000


def canonical_email(text: str) -> str:
    """Return the one spelling of an address: NFC, lower case, the domain in IDNA A-labels.

    Raises InputError when there is no such address; one in ASCII is taken as it is.
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


@lru_cache(maxsize=4096)
def canonical_domain(text: str) -> str:
    """Return a domain in lower case and IDNA A-labels. Raises InputError when there is no such domain.

    One in ASCII is taken as it is.
    """
    if text.isascii():
        return text.lower()
    _require_short(text)
    try:
        domain = idna.encode(text, uts46=True).decode().lower()
    except idna.IDNAError as error:
        raise InputError(f"{text!r} is no domain that can exist: {error}") from error
    if len(domain) > MAX_DOMAIN or not _LABELS.fullmatch(domain):
        raise InputError(f'{text!r} is no domain that can exist: in ASCII it is "{domain}"')
    return domain


def _require_short(text: str) -> None:
    if len(text) > _LONGEST:
        raise InputError(f"{len(text):,} characters are too many for an address")


def domain_of(email: str) -> str:
    """Return what stands behind the @ of a canonical address."""
    return email.rpartition("@")[2]

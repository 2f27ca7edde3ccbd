"""Who is who: one person is one e-mail address, whatever its spelling."""

import unicodedata
from functools import lru_cache

import idna

from reconciler.errors import InputError


def canonical_email(text: str) -> str:
    """Return the one spelling of an address: NFC, lower case, the domain in IDNA A-labels.

    Raises InputError when the domain is none that can exist.
    """
    if text.isascii():
        return text.lower()
    local, _, domain = unicodedata.normalize("NFC", text).lower().rpartition("@")
    return f"{unicodedata.normalize('NFC', local)}@{canonical_domain(domain)}"


@lru_cache(maxsize=4096)
def canonical_domain(text: str) -> str:
    """Return a domain in lower case and IDNA A-labels. Raises InputError when it is none."""
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True).decode().lower()
    except idna.IDNAError as error:
        raise InputError(f"{text!r} is no domain that can exist: {error}") from error


def domain_of(email: str) -> str:
    """Return what stands behind the @ of a canonical address."""
    return email.rpartition("@")[2]

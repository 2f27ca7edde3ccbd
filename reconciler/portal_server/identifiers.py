"""Ids, entity tags, and the secrets that are only kept as hashes."""

import secrets
from hashlib import sha256


def new_id(prefix: str) -> str:
    """An id that was never used."""
    return f"{prefix}_{secrets.token_hex(10)}"


def new_etag() -> str:
    """A strong entity tag that was never used, quotes included."""
    return f'"{secrets.token_hex(8)}"'


def new_secret(prefix: str) -> str:
    """A secret that cannot be guessed."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def secret_hash(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode()).hexdigest()

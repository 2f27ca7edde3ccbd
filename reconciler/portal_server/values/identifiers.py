"""Ids, entity tags, and secrets, which are only stored as hashes."""

import secrets
from hashlib import sha256


def new_id(prefix: str) -> str:
    """Return a unique id."""
    return f"{prefix}_{secrets.token_hex(10)}"


def new_etag() -> str:
    """Return a unique strong entity tag, including quotes."""
    return f'"{secrets.token_hex(8)}"'


def new_secret(prefix: str) -> str:
    """Return a random secret."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def secret_hash(secret: str) -> str:
    """Return the hash of a secret, which is stored."""
    return sha256(secret.encode()).hexdigest()

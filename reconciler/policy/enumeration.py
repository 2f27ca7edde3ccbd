"""Format lists of names and counts for messages."""

from collections.abc import Iterable, Sequence
from typing import Final

_MAX_NAMES: Final = 10


def named(names: Iterable[str]) -> str:
    """Return the first ten names and the number of further ones."""
    known = list(names)
    more = f" and {len(known) - _MAX_NAMES:,} more" if len(known) > _MAX_NAMES else ""
    return ", ".join(known[:_MAX_NAMES]) + more


def counted(things: Sequence[object], noun: str, nouns: str = "") -> str:
    """Return the number of things with their noun; by default, the plural is formed with an s."""
    return f"{len(things):,} {noun if len(things) == 1 else nouns or f'{noun}s'}"

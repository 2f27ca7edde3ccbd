"""Names and numbers in messages: so many are named, the others counted."""

from collections.abc import Iterable, Sequence
from typing import Final

_NAMED: Final = 10


def named(names: Iterable[str]) -> str:
    """Return the first ten names, and how many more there are."""
    known = list(names)
    more = f" and {len(known) - _NAMED:,} more" if len(known) > _NAMED else ""
    return ", ".join(known[:_NAMED]) + more


def counted(things: Sequence[object], noun: str, nouns: str = "") -> str:
    """Return how many things there are, with their noun; its plural has an s where none is given."""
    return f"{len(things):,} {noun if len(things) == 1 else nouns or f'{noun}s'}"

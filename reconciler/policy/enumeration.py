"""Format lists of names for messages."""

from collections.abc import Iterable
from typing import Final

_MAX_NAMES: Final = 10


def named(names: Iterable[str]) -> str:
    """Return the first ten names and the number of further ones."""
    known = list(names)
    more = f" and {len(known) - _MAX_NAMES:,} more" if len(known) > _MAX_NAMES else ""
    return ", ".join(known[:_MAX_NAMES]) + more

"""Suggest similar names for references to undefined names."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

# The time to compare two names is proportional to the product of their lengths, and thousands of undefined
# names usually have one cause. This limits the total work.
_MAX_WORK: Final = 50_000_000
_ALIKE: Final = 0.75


class Suggestions:
    """Finds similar names within a limited amount of work."""

    def __init__(self) -> None:
        self._left = _MAX_WORK

    def find(self, name: str, names: Collection[str]) -> str:
        """Return `did you mean "…"?`, or nothing if no name is similar."""
        if self._left > 0:
            self._left -= len(name) * sum(map(len, names))
        near = get_close_matches(name, sorted(names), 1, _ALIKE) if self._left > 0 else []
        return f'did you mean "{near[0]}"?' if near else ""

"""What was probably meant by a name that leads nowhere."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

# Comparing is slow, and thousands of names that lead nowhere have one cause: only so many are compared.
_COMPARISONS: Final = 100_000
_ALIKE: Final = 0.75


class Suggestions:
    """Finds the nearest name, as long as there are comparisons left."""

    def __init__(self) -> None:
        self._left = _COMPARISONS

    def find(self, name: str, names: Collection[str]) -> str:
        """Return `did you mean "…"?`, or nothing where no name is near."""
        self._left -= len(names)
        near = get_close_matches(name, sorted(names), 1, _ALIKE) if self._left >= 0 else []
        return f'did you mean "{near[0]}"?' if near else ""

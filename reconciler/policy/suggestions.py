"""What was probably meant by a name that leads nowhere."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

# To compare two names takes time by the product of their lengths, and thousands of names that lead nowhere
# have one cause: no more than this is spent on all of them.
_MOST_WORK: Final = 50_000_000
_ALIKE: Final = 0.75


class Suggestions:
    """Finds the nearest name, as long as that takes no more work than is worth it."""

    def __init__(self) -> None:
        self._left = _MOST_WORK

    def find(self, name: str, names: Collection[str]) -> str:
        """Return `did you mean "…"?`, or nothing where no name is near."""
        if self._left > 0:
            self._left -= len(name) * sum(map(len, names))
        near = get_close_matches(name, sorted(names), 1, _ALIKE) if self._left > 0 else []
        return f'did you mean "{near[0]}"?' if near else ""

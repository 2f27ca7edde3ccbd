"""Compare a generated file with the one that exists."""

from difflib import unified_diff
from typing import Final

from reconciler.errors import InputError
from reconciler.model.counting import counted

_MOST_SHOWN: Final = 20


def require_same(before: str, after: str, place: str) -> None:
    """Raise InputError, which shows the lines that differ, where a file is not up to date."""
    if before == after:
        return
    rows = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))[2:]
    changes = [row for row in rows if not row.startswith("@@")]
    more = [f"and {counted(len(changes) - _MOST_SHOWN, 'more line')}"] if len(changes) > _MOST_SHOWN else []
    message = "\n".join([f"{place} is not up to date:", *changes[:_MOST_SHOWN], *more])
    raise InputError(message, "run the same command without --check to write it")

"""Approvals that were given before the base of a pull request was changed: they are for other changes."""

from collections.abc import Sequence
from datetime import datetime


def commit_since(
    base_changes: Sequence[datetime | None], given: datetime | None, commit: str | None
) -> str | None:
    """Return the commit of an approval; None unless it was certainly given after all changes of the base.

    Compared with another base, the same commit is other changes. Forges round their times, so what has the
    same time may have been before.
    """
    if not base_changes:
        return commit
    is_later = given is not None and all(each is not None and each < given for each in base_changes)
    return commit if is_later else None

"""Whose consent a plan needs: owner by owner, what of theirs it touches."""

from collections.abc import Iterable

from reconciler.model.plan import Approval


def reasons(asked: Iterable[Approval]) -> dict[str, list[str]]:
    """Return for each owner why; a mere change is said by what it changes, since all of them are changes."""
    told: dict[str, list[str]] = {}
    for each in asked:
        told.setdefault(each.owner, []).append(each.reason.removeprefix("changes "))
    return told

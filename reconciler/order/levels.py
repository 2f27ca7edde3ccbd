"""The level of one edge by itself, and whether a change may raise or lower it."""

from typing import Final

from reconciler.model.access import LEVELS
from reconciler.model.plan import Change
from reconciler.model.resource import Fields, Resource

# An edge that has no level of its own lets everything through.
OPEN: Final = LEVELS["consume"]
SHUT: Final = LEVELS["none"]

_EDGES: Final = frozenset({"membership", "grant", "access-item", "product-item"})
_NO_ACCESS: Final = frozenset({"expired", "declined"})


def membership_level(membership: Resource | None, today: str) -> int:
    """Return what a membership lets through, whoever is blocked."""
    if membership is None or membership.state in _NO_ACCESS or _ended(membership.fields, today):
        return SHUT
    return OPEN


def grant_level(grant: Resource | None, today: str) -> int:
    """Return the level of a grant, whatever the status of the partner."""
    return SHUT if grant is None else _level(grant.fields, today)


def is_suspended(partner: Fields) -> bool:
    """Whether no grant of this partner's teams counts."""
    return bool(partner.get("status") == "suspended")


def blocked(partner: Fields) -> frozenset[str]:
    """Return the people who are in none of a partner's teams."""
    return frozenset(partner.get("blocked", ()))


def may_raise(change: Change, today: str) -> bool:
    """Whether somebody's level may rise by this change; told from the change alone."""
    if change.action == "update":
        return _rises(change.kind, change.before or {}, change.after or {}, today)
    return change.action == "create" and change.kind in _EDGES


def may_lower(change: Change, today: str) -> bool:
    """Whether somebody's level may fall by this change; told from the change alone."""
    if change.action == "update":
        return _rises(change.kind, change.after or {}, change.before or {}, today)
    return change.action == "delete" and change.kind in _EDGES


def _rises(kind: str, before: Fields, after: Fields, today: str) -> bool:
    if kind == "partner":
        unblocked = blocked(before) - blocked(after)
        return bool(unblocked) or (is_suspended(before) and not is_suspended(after))
    return kind in {"membership", "grant"} and _level(before, today) < _level(after, today)


def _level(fields: Fields, today: str) -> int:
    """Return the level of a grant; a membership is as good as the highest."""
    return SHUT if _ended(fields, today) else LEVELS[fields.get("level", "consume")]


def _ended(fields: Fields, today: str) -> bool:
    until = fields.get("until")
    return until is not None and until < today

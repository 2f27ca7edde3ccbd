"""The access level of single edges, and whether a change can raise or lower access."""

from typing import Final

from reconciler.model.access import LEVELS
from reconciler.model.kinds import kind_row
from reconciler.model.plan import Change
from reconciler.model.resource import Fields, Resource

# An edge without a level of its own does not limit access.
FULL: Final = LEVELS["consume"]
NONE: Final = LEVELS["none"]

_INACTIVE: Final = frozenset({"expired", "declined"})


def membership_level(membership: Resource | None, today: str) -> int:
    """Return the level of a membership, without regard to blocked people."""
    if membership is None or membership.state in _INACTIVE or _ended(membership.fields, today):
        return NONE
    return FULL


def grant_level(grant: Resource | None, today: str) -> int:
    """Return the level of a grant, without regard to the status of the partner."""
    return NONE if grant is None else _level(grant.fields, today)


def is_suspended(partner: Fields) -> bool:
    """Whether the partner is suspended, so that the grants of its teams have no effect."""
    return bool(partner.get("status") == "suspended")


def blocked(partner: Fields) -> frozenset[str]:
    """Return the people whom a partner blocks from its teams."""
    return frozenset(partner.get("blocked", ()))


def may_raise(change: Change, today: str) -> bool:
    """Whether the change, regarded alone, can raise a person's level."""
    if change.action == "update":
        return _rises(change.kind, change.before or {}, change.after or {}, today)
    return change.action == "create" and kind_row(change.kind).edge


def may_lower(change: Change, today: str) -> bool:
    """Whether the change, regarded alone, can lower a person's level."""
    if change.action == "update":
        return _rises(change.kind, change.after or {}, change.before or {}, today)
    return change.action == "delete" and kind_row(change.kind).edge


def _rises(kind: str, before: Fields, after: Fields, today: str) -> bool:
    if kind == "partner":
        unblocked = blocked(before) - blocked(after)
        return bool(unblocked) or (is_suspended(before) and not is_suspended(after))
    return kind_row(kind).edge and _level(before, today) < _level(after, today)


def _level(fields: Fields, today: str) -> int:
    """Return the level of a grant, or the highest level for a membership."""
    return NONE if _ended(fields, today) else LEVELS[fields.get("level", "consume")]


def _ended(fields: Fields, today: str) -> bool:
    until = fields.get("until")
    return until is not None and until < today

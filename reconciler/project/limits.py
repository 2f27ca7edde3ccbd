"""Limits: fields that restrict what people can do, which a portal must not silently lose."""

from typing import Any, Final

from reconciler.model.portal import Capabilities

# The values that restrict nobody, so that a portal without the field holds them anyway.
_UNRESTRICTED: Final[dict[str, Any]] = {
    "team.delegated": False,
    "membership.role": "member",
    "grant.level": "consume",
    "api-product.visibility": "public",
}
_LIMITS: Final = frozenset({*_UNRESTRICTED, "partner.blocked", "membership.until", "grant.until"})


def is_limit(key: str) -> bool:
    """Return whether a field (`kind.field`) restricts people; all others inform.

    The status of a partner informs, because suspending it removes its grants in every portal.
    """
    return key in _LIMITS


def with_article(kind: str) -> str:
    """Return a kind with its article."""
    return f"{'an' if kind.startswith('a') else 'a'} {kind}"


def unmet(key: str, value: Any, can: Capabilities) -> str:
    """Return what a portal cannot do about a value of a limit, or an empty string if it can."""
    kind, _, field = key.partition(".")
    if key in _UNRESTRICTED and value == _UNRESTRICTED[key]:
        return ""
    if key == "membership.role" and not can.team_admins:
        return "does not support team admins"
    if key not in can.fields:
        return f"cannot store {field} of {with_article(kind)}"
    return (
        f"does not end {with_article(kind)} on its last day"
        if field == "until" and not can.enforces_until
        else ""
    )

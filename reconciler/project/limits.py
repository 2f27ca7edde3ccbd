"""Limits: fields that restrict what people can do, which a portal must not silently lose."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from reconciler.model.portal import Capabilities
from reconciler.project.api_grants import grants_apis


class Limit(NamedTuple):
    """A limit: the value that restricts nobody, and the fallback where the portal cannot store the others.

    A portal without the field holds that value anyway.
    """

    unrestricted: Any = None
    fallback: str = ""


LIMITS: Final[Mapping[str, Limit]] = {
    "partner.blocked": Limit(fallback="blocked"),
    "team.delegated": Limit(unrestricted=False, fallback="delegated"),
    "membership.role": Limit("member", "admins"),
    "membership.until": Limit(fallback="until"),
    "api-product.visibility": Limit("public"),
    "grant.level": Limit("consume", "view"),
    "grant.until": Limit(fallback="until"),
    "api-grant.level": Limit("consume", "view"),
    "api-grant.until": Limit(fallback="until"),
}


def with_article(kind: str) -> str:
    """Return a kind with its article."""
    return f"{'an' if kind.startswith('a') else 'a'} {kind}"


def unmet(key: str, value: Any, can: Capabilities) -> str:
    """Return what a portal cannot do about a value of a limit, or an empty string if it can."""
    return "" if value == LIMITS[key].unrestricted else _missing(key, can)


def needed_fallbacks(can: Capabilities) -> set[str]:
    """Return the fallbacks that a portal has a use for."""
    return {*_needed(can)}


def _needed(can: Capabilities) -> Iterator[str]:
    if not can.developer_grants:
        yield "developerGrants"
    if not (can.invitations and can.grants_before_account):
        yield "invitations"
    unused = "grant." if grants_apis(can) else "api-grant."
    used = [(key, limit) for key, limit in LIMITS.items() if not key.startswith(unused)]
    yield from (limit.fallback for key, limit in used if limit.fallback and _missing(key, can))


def _missing(key: str, can: Capabilities) -> str:
    kind, _, field = key.partition(".")
    if key == "membership.role" and not can.team_admins:
        return "does not support team admins"
    if key not in can.fields:
        return f"cannot store {field} of {with_article(kind)}"
    if field == "until" and not can.enforces_until:
        return f"does not end {with_article(kind)} on its last day"
    return ""

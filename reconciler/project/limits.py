"""Limits: fields that restrict what people can do, which a portal must not silently lose."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from reconciler.model.portal import Capabilities
from reconciler.project.api_grants import grants_apis


class Limit(NamedTuple):
    """A limit: the value that restricts nobody, and the fallback where the portal cannot store the others.

    A portal without the field holds that value anyway. `problem` says what the portal does not do.
    """

    problem: str
    unrestricted: Any = None
    fallback: str = ""


def _ends() -> Limit:
    return Limit("does not end access on its last day", fallback="until")


def _levels() -> Limit:
    return Limit("does not have the level view", "consume", "view")


LIMITS: Final[Mapping[str, Limit]] = {
    "partner.blocked": Limit("does not keep blocked people out of teams", fallback="blocked"),
    "team.delegated": Limit("does not let admins manage their team", False, "delegated"),  # noqa: FBT003  a value
    "membership.role": Limit("does not support team admins", "member", "admins"),
    "membership.until": _ends(),
    "api-product.visibility": Limit("cannot restrict the visibility of an API product", "public"),
    "grant.level": _levels(),
    "grant.until": _ends(),
    "api-grant.level": _levels(),
    "api-grant.until": _ends(),
}


def with_article(kind: str) -> str:
    """Return a kind with its article."""
    return f"{'an' if kind.startswith('a') else 'a'} {kind}"


def unmet(key: str, value: Any, can: Capabilities) -> str:
    """Return what a portal cannot do about a value of a limit, or an empty string if it can."""
    return "" if value == LIMITS[key].unrestricted or _can_hold(key, can) else LIMITS[key].problem


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
    yield from (limit.fallback for key, limit in used if limit.fallback and not _can_hold(key, can))


def _can_hold(key: str, can: Capabilities) -> bool:
    """Return whether a portal can store any value of a limit and acts on it."""
    if key == "membership.role" and not can.team_admins:
        return False
    return key in can.fields and (can.enforces_until or not key.endswith(".until"))

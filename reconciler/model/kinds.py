"""KINDS: the table of live resource kinds, and what an id says about parents, marks and renames.

Ids join names by `/`; what a name cannot hold there is encoded (`model.ids`).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import msgspec

from reconciler.model.document import Level, PartnerType, Visibility
from reconciler.model.resource import ResourceId
from reconciler.model.timestamps import Day

Parents = Callable[[list[str]], tuple[ResourceId, ...]]

# The types of those fields that are more than a text.
FIELD_TYPES: Final[Mapping[str, Any]] = {
    "type": PartnerType,
    "status": Literal["active", "suspended"],
    "domains": list[str],
    "blocked": list[str],
    "delegated": bool,
    "role": Literal["admin", "member"],
    "level": Level,
    "visibility": Visibility,
    "until": Day,
}


class Kind(msgspec.Struct, frozen=True):
    """A kind: its name, its fields of ours, whether it bears a mark, and the parents of an id's parts.

    The first parent is the one whose owner owns it. `title` is how people call it.
    """

    name: str
    title: str
    fields: tuple[str, ...]
    marked: bool
    parents: Parents


def _item_parents(parts: list[str]) -> tuple[ResourceId, ...]:
    group = f"access-group/{parts[1]}"
    return (group, f"api-product/{parts[3]}") if parts[2] == "product" else (group,)


def _grant_parents(parts: list[str]) -> tuple[ResourceId, ...]:
    group = f"access-group/{parts[1]}"
    return (group, f"team/{parts[3]}/{parts[4]}") if parts[2] == "team" else (group,)


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "partner",
            "partner",
            ("type", "status", "displayName", "owner", "domains", "agreement", "blocked"),
            marked=True,
            parents=lambda _: (),
        ),
        Kind(
            "team", "team", ("displayName", "delegated"), marked=True, parents=lambda p: (f"partner/{p[1]}",)
        ),
        Kind(
            "membership",
            "member",
            ("role", "until"),
            marked=False,
            parents=lambda p: (f"team/{p[1]}/{p[2]}",),
        ),
        Kind(
            "api-product",
            "API product",
            ("displayName", "description", "owner", "visibility"),
            marked=True,
            parents=lambda _: (),
        ),
        Kind("product-item", "API in product", (), marked=False, parents=lambda p: (f"api-product/{p[1]}",)),
        Kind(
            "access-group",
            "access group",
            ("displayName", "description", "owner"),
            marked=True,
            parents=lambda _: (),
        ),
        Kind("access-item", "item of group", (), marked=False, parents=_item_parents),
        Kind("grant", "grant", ("level", "until", "reason"), marked=False, parents=_grant_parents),
    )
}


def parents(resource_id: ResourceId) -> tuple[ResourceId, ...]:
    """Return the ids that must exist for this one to exist; the first one's owner owns it."""
    parts = resource_id.split("/")
    return KINDS[parts[0]].parents(parts)


def is_marked(resource_id: ResourceId) -> bool:
    """Whether this kind bears the ownership mark itself."""
    return KINDS[resource_id.partition("/")[0]].marked


def partner_of(resource_id: ResourceId) -> str | None:
    """Return the name of the partner that a partner, team, membership or team's grant belongs to."""
    parts = resource_id.split("/")
    if parts[0] in {"partner", "team", "membership"}:
        return parts[1]
    return parts[3] if parts[0] == "grant" and parts[2] == "team" else None


def team_of(resource_id: ResourceId) -> ResourceId | None:
    """Return the id of the team that a team, membership or team's grant belongs to; else None."""
    parts = resource_id.split("/")
    if parts[0] in {"team", "membership"}:
        return f"team/{parts[1]}/{parts[2]}"
    return f"team/{parts[3]}/{parts[4]}" if parts[0] == "grant" and parts[2] == "team" else None


def renamed(resource_id: ResourceId, names: Mapping[ResourceId, ResourceId]) -> ResourceId:
    """Return the id after `names` (old id to new id of partners, teams, products and groups) were renamed.

    A team's old id in `names` bears its partner's old name too.
    """
    kind, *rest = resource_id.split("/")
    if kind in {"partner", "access-group", "api-product"}:
        return names.get(resource_id, resource_id)
    if kind == "team":
        return _renamed_team(rest[0], rest[1], names)
    if kind == "membership":
        return f"membership/{_tail(_renamed_team(rest[0], rest[1], names))}/{'/'.join(rest[2:])}"
    if kind == "product-item":
        return f"product-item/{_tail(renamed(f'api-product/{rest[0]}', names))}/{rest[1]}"
    group = _tail(renamed(f"access-group/{rest[0]}", names))
    if kind == "access-item":
        name = _tail(renamed(f"api-product/{rest[2]}", names)) if rest[1] == "product" else rest[2]
        return f"access-item/{group}/{rest[1]}/{name}"
    holder = _tail(_renamed_team(rest[2], rest[3], names)) if rest[1] == "team" else "/".join(rest[2:])
    return f"grant/{group}/{rest[1]}/{holder}"


def _renamed_team(partner: str, team: str, names: Mapping[ResourceId, ResourceId]) -> ResourceId:
    whole = names.get(f"team/{partner}/{team}")
    return whole or f"team/{_tail(names.get(f'partner/{partner}', f'partner/{partner}'))}/{team}"


def _tail(resource_id: ResourceId) -> str:
    return resource_id.partition("/")[2]

"""Inventory: partners, teams, people, groups or APIs, with owner, status, end and numbers of users."""

from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.model.finding import Source
from reconciler.model.timestamps import Day

FORMAT: Final = "reconciler-list/1.0"

Sort: TypeAlias = Literal["partners", "teams", "people", "groups", "apis"]
Status: TypeAlias = Literal["active", "invited", "suspended", "blocked", "expired", "declined", "ended"]


class Listed(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One partner, team, person, group or API.

    `type` is the type of a partner, the visibility of an API, or `delegated` or `listed` for a team. `until`
    is the last day of a partner's access, or of a person's memberships and grants. `partners`, `teams` and
    `people` count those that use the object or belong to it. `active` counts active members.
    """

    name: str
    display_name: str | None = None
    type: str | None = None
    owner: str | None = None
    status: Status | None = None
    until: Day | None = None
    partners: tuple[str, ...] = ()
    teams: int = 0
    people: int = 0
    active: int = 0
    apis: int = 0
    place: Source | None = None


class Inventory(msgspec.Struct, frozen=True, rename="camel"):
    """A list of objects of one sort. `delegated` lists teams whose members are not in the files."""

    source: Literal["files", "portal"]
    sort: Sort
    rows: tuple[Listed, ...]
    delegated: tuple[str, ...]
    format: str = FORMAT

"""Inventory: partners, teams, people, groups or APIs, with owner, status, end, and how many use them."""

from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.model.finding import Source
from reconciler.model.timestamps import Day

FORMAT: Final = "reconciler-list/1.0"

Sort: TypeAlias = Literal["partners", "teams", "people", "groups", "apis"]
Status: TypeAlias = Literal["active", "invited", "suspended", "blocked", "expired", "declined", "ended"]


class Listed(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One partner, team, person, group or API.

    `type` is a partner's, an API's visibility, or how a team's members are kept: delegated or listed. `until`
    is the last day of a partner's access, or of a person's memberships and grants. `partners`, `teams` and
    `people` use it, or are it; `active` are those of the people who are neither invited nor more than that.
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
    """All objects of a sort that were asked for; the files do not know the members of `delegated` teams."""

    source: Literal["files", "portal"]
    sort: Sort
    rows: tuple[Listed, ...]
    delegated: tuple[str, ...]
    format: str = FORMAT

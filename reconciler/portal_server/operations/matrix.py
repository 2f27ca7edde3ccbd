"""Who has access to what: people, page by page, and the APIs that each of them reaches on a day.

A page is found in two steps. The database returns the next people, in the order of their addresses, who can
match the filters. Then a few statements load the memberships and grants of these people only, which decide.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace
from sqlalchemy import bindparam, select

from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.listing import Limit
from reconciler.portal_server.operations.matrix_access import Reach, groups_of_api, reach_of
from reconciler.portal_server.operations.matrix_people import next_people, number_of_people
from reconciler.portal_server.operations.operation import ADMIN_AND_TEAM, READERS, Operation
from reconciler.portal_server.operations.problems import invalid
from reconciler.portal_server.operations.responses import ApiAccess, Reply
from reconciler.portal_server.storage.tables import apis
from reconciler.portal_server.values.addresses import canonical_email
from reconciler.portal_server.values.formats import Day, DayText, Email, Identifier, Level, Line

_ALL_APIS: Final = select(apis.c.id, apis.c.name)
_CHOSEN_APIS: Final = _ALL_APIS.where(apis.c.name.in_(bindparam("names", expanding=True)))
# How many people are looked at for a page: a filter that few of them match ends the page early.
_MOST_ROUNDS: Final = 8
_LAST_DAY: Final = date.max.toordinal()
Days = Annotated[int, msgspec.Meta(ge=0, le=3660)]


class AccessFilters(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The day, and which people are listed: `search` is how their address begins, `ending` counts days."""

    on: Day | UnsetType = UNSET
    partner: Identifier | UnsetType = UNSET
    team: Identifier | UnsetType = UNSET
    group: Identifier | UnsetType = UNSET
    api: Identifier | UnsetType = UNSET
    person: Email | UnsetType = UNSET
    search: Line | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    ending: Days | UnsetType = UNSET
    cursor: Line | UnsetType = UNSET


class AccessQuery(AccessFilters, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The filters of the list."""

    limit: Limit = 100


class BrowseQuery(AccessFilters, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The filters of a page; with `columns`, names of APIs with commas, it only has these APIs."""

    limit: Limit = 50
    columns: str | UnsetType = UNSET


class TeamOfPerson(Reply, frozen=True):
    """A team of a person, by display names; `counts` is whether the membership gives access on the day."""

    id: Identifier
    name: Line
    partner: Line
    counts: bool


class PersonAccess(Reply, frozen=True):
    """A person, their teams, and the APIs that they reach with the highest level of each, sorted by name.

    `until` is the first day on which a membership or grant that gives access ends.
    """

    email: Email
    teams: list[TeamOfPerson]
    access: list[ApiAccess]
    until: DayText | None


class AccessPage(Reply, frozen=True):
    """The access of people on a day; `next` is the cursor of the next page.

    `total` is null if the people were not counted: above 10,000, or if a filter depends on their access.
    """

    on: DayText
    items: list[PersonAccess]
    total: int | None
    next: str | None


def page(call: Call) -> HttpResponse:
    """Return the access of the next people who match the filters, sorted by address."""
    query = call.query
    on = call.now.date() if query.on is UNSET else query.on
    wanted = _wanted(call, on)
    names = _names(call)
    items: list[PersonAccess] = []
    cursor = None if query.cursor is UNSET else query.cursor
    for _ in range(_MOST_ROUNDS):
        people = next_people(call, wanted, cursor, query.limit + 1)
        seen = people[: query.limit]
        found = (each for each in reach_of(call, seen, on, wanted.get("own")) if _matches(each[1], wanted))
        last = None
        for email, reach in found:
            items.append(_item(email, reach, names))
            if len(items) == query.limit:
                last = email
                break
        if last is None and len(people) == len(seen):
            cursor = None
            break
        cursor = last or seen[-1]
        if last is not None:
            cursor = None if last == people[-1] else last
            break
    total = number_of_people(call, wanted)
    return json_response(200, AccessPage(on.isoformat(), items, total, cursor))


def _wanted(call: Call, on: date) -> dict[str, Any]:
    """Return the filters by name, for the statements."""
    query = call.query
    names = ("partner", "team", "group", "person", "search", "level")
    wanted = {name: getattr(query, name) for name in names if getattr(query, name) is not UNSET}
    if "person" in wanted:
        try:
            wanted["person"] = canonical_email(wanted["person"])
        except ValueError as error:
            raise invalid("?person", str(error)) from error
    if "search" in wanted:
        wanted["search"] = wanted["search"].strip().lower()
    if query.api is not UNSET:
        wanted |= {"api": query.api, "groups": groups_of_api(call, query.api)}
    if query.ending is not UNSET:
        last = date.fromordinal(min(on.toordinal() + query.ending, _LAST_DAY))
        wanted |= {"from": on.isoformat(), "ending": last.isoformat()}
    if call.of_team and call.caller:
        wanted["own"] = call.caller.team_id
    return wanted


def _names(call: Call) -> dict[str, str]:
    """Return the names of the APIs that are shown, by id, sorted by name."""
    columns = getattr(call.query, "columns", UNSET)
    if columns is UNSET:
        return dict(call.connection.execute(_ALL_APIS).all())
    return dict(call.connection.execute(_CHOSEN_APIS, {"names": columns.split(",")}).all())


def _item(email: str, reach: Reach, names: Mapping[str, str]) -> PersonAccess:
    # The fewer of both are looked up: a portal can have many APIs.
    found = [ApiAccess(names[api], level) for api, level in reach.apis.items() if api in names]
    found.sort(key=lambda each: each.api)
    return PersonAccess(email, [TeamOfPerson(*team) for team in reach.teams], found, reach.until)


def _matches(reach: Reach, wanted: Mapping[str, Any]) -> bool:
    if "group" in wanted and wanted["group"] not in reach.groups:
        return False
    if "ending" in wanted and (reach.until is None or reach.until > wanted["ending"]):
        return False
    level = wanted.get("level")
    if "api" in wanted:
        reached = reach.apis.get(wanted["api"])
        return reached is not None and level in {None, reached}
    return level is None or level in reach.apis.values()


_LIST: Final = Operation(
    method="GET",
    path="/access",
    name="list-access",
    summary="List the access of people on a day",
    run=page,
    scopes=READERS,
    query=AccessQuery,
    reply=AccessPage,
)
OPERATIONS: Final = (
    _LIST,
    replace(_LIST, name="browse-access", scopes=ADMIN_AND_TEAM, query=BrowseQuery, for_pages=True),
)

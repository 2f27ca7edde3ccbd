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
from sqlalchemy import Executable, bindparam, select, union_all

from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.listing import Limit
from reconciler.portal_server.operations.matrix_access import Reach, apis_of_group, groups_of_api, reach_of
from reconciler.portal_server.operations.matrix_people import next_people, number_of_people
from reconciler.portal_server.operations.operation import ADMIN_AND_TEAM, READERS, Operation
from reconciler.portal_server.operations.problems import invalid
from reconciler.portal_server.operations.responses import ApiAccess, Reply
from reconciler.portal_server.storage.tables import TEXT, access_groups, apis, partners, teams
from reconciler.portal_server.values.addresses import canonical_email
from reconciler.portal_server.values.formats import Day, DayText, Email, Identifier, Level, Line

_ALL_APIS: Final = select(apis.c.id, apis.c.name)
MAX_COLUMNS: Final = 12
_TEXT: Final = bindparam("text", type_=TEXT)
_BY_NAME: Final[dict[str, Executable]] = {
    name: select(table.c.id).where((table.c.id == _TEXT) | (table.c.name == _TEXT))
    for name, table in (("partner", partners), ("group", access_groups), ("api", apis))
}
_BY_NAME["team"] = union_all(
    select(teams.c.id).where(teams.c.id == _TEXT),
    select(teams.c.id)
    .join_from(teams, partners)
    .where(partners.c.name == bindparam("first", type_=TEXT), teams.c.name == bindparam("last", type_=TEXT)),
)
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
    """The filters of a page, which have names or ids; `columns` are names of APIs with commas."""

    limit: Limit = 50
    partner: Line | UnsetType = UNSET
    team: Line | UnsetType = UNSET
    group: Line | UnsetType = UNSET
    api: Line | UnsetType = UNSET
    columns: Line | UnsetType = UNSET


class TeamOfPerson(Reply, frozen=True):
    """A team of a person, by display names; `counts` is whether the membership gives access on the day."""

    id: Identifier
    name: Line
    partner: Line
    member_id: Identifier
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

    `total` is null if the people were not counted: above 1,000, or if a filter depends on their access.
    """

    on: DayText
    items: list[PersonAccess]
    total: int | None
    next: str | None


class AccessView(Reply, frozen=True):
    """The same for people, with the APIs that are columns; null if they are too many."""

    on: DayText
    items: list[PersonAccess]
    total: int | None
    next: str | None
    columns: list[str] | None


def page(call: Call) -> HttpResponse:
    """Return the access of the next people who match the filters, sorted by address."""
    names = dict(call.connection.execute(_ALL_APIS).all())
    query = call.query
    return json_response(200, _page(call, _wanted(call, query.api, query.group), names))


def browse(call: Call) -> HttpResponse:
    """Return the same for a page."""
    names = dict(call.connection.execute(_ALL_APIS).all())
    query = call.query
    api = _found(call, "api", query.api)
    group = _found(call, "group", query.group)
    wanted = _wanted(call, api, group)
    for name in ("partner", "team"):
        if name in wanted:
            wanted[name] = _found(call, name, wanted[name])
    found = _page(call, wanted, names)
    columns = _columns(call, wanted, names, found)
    return json_response(200, AccessView(found.on, found.items, found.total, found.next, columns))


def _found(call: Call, name: str, text: Any) -> Any:
    """Return the id of a named object. Reject with 422 one that does not exist; to a team, it is empty."""
    if text is UNSET:
        return UNSET
    first, _, last = text.partition("/")
    found = call.connection.scalar(_BY_NAME[name], {"text": text, "first": first, "last": last})
    if found is None and not call.of_team:
        raise invalid(f"?{name}", "does not exist")
    return found or ""


def _columns(call: Call, wanted: Mapping[str, Any], names: Mapping[str, str], found: AccessPage) -> Any:
    chosen = call.query.columns
    if chosen is not UNSET:
        given = list(dict.fromkeys(chosen.replace(",", " ").split()))
        if len(given) > MAX_COLUMNS:
            raise invalid("?columns", "too many")
        known = set(names.values())
        if not call.of_team and not known.issuperset(given):
            raise invalid("?columns", "does not exist")
        return given
    if "api" in wanted:
        columns = [names[wanted["api"]]] if wanted["api"] in names else []
    elif call.of_team:
        columns = sorted({each.api for item in found.items for each in item.access})
    elif "group" in wanted:
        columns = sorted(names[api] for api in apis_of_group(call, wanted["group"]))
    else:
        columns = sorted(names.values())
    return columns if len(columns) <= MAX_COLUMNS else None


def _page(call: Call, wanted: dict[str, Any], names: Mapping[str, str]) -> AccessPage:
    query = call.query
    on = _day(call)
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
    return AccessPage(on.isoformat(), items, total, cursor)


def _day(call: Call) -> date:
    on: date = call.now.date() if call.query.on is UNSET else call.query.on
    return on


def _wanted(call: Call, api: Any, group: Any) -> dict[str, Any]:
    """Return the filters by name, for the statements."""
    query, on = call.query, _day(call)
    names = ("partner", "team", "person", "search", "level")
    wanted = {name: getattr(query, name) for name in names if getattr(query, name) is not UNSET}
    if "person" in wanted:
        try:
            wanted["person"] = canonical_email(wanted["person"])
        except ValueError as error:
            raise invalid("?person", str(error)) from error
    if "search" in wanted:
        wanted["search"] = wanted["search"].strip().lower()
    if group is not UNSET:
        wanted["group"] = group
    if api is not UNSET:
        wanted |= {"api": api, "groups": groups_of_api(call, api)}
    if query.ending is not UNSET:
        last = date.fromordinal(min(on.toordinal() + query.ending, _LAST_DAY))
        wanted |= {"from": on.isoformat(), "ending": last.isoformat()}
    if call.of_team and call.caller:
        wanted["own"] = call.caller.team_id
    return wanted


def _item(email: str, reach: Reach, names: Mapping[str, str]) -> PersonAccess:
    found = [ApiAccess(names[api], level) for api, level in reach.apis.items()]
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
    replace(
        _LIST,
        name="browse-access",
        run=browse,
        scopes=ADMIN_AND_TEAM,
        query=BrowseQuery,
        reply=AccessView,
        for_pages=True,
    ),
)

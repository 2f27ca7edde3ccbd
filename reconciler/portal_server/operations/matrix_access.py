"""The access of several people on a day, loaded in as many statements as for one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    Select,
    Text,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from reconciler.portal_server.operations.access import gives_access, lasts
from reconciler.portal_server.operations.context import Call
from reconciler.portal_server.storage.tables import (
    access_items,
    grants,
    members,
    partners,
    product_items,
    teams,
)
from reconciler.portal_server.values.durations import expired_before
from reconciler.portal_server.values.formats import Level

_Grant = tuple[str, Level]


class TeamRow(NamedTuple):
    """A membership: the team, its names, and whether it gives access on the day."""

    id: str
    name: str
    partner: str
    member_id: str
    counts: bool


class Reach(msgspec.Struct, frozen=True):
    """What a person reaches: the level of each API by id, and through which groups.

    `until` is the first day on which a membership or grant that gives access ends.
    """

    teams: Sequence[TeamRow]
    apis: Mapping[str, Level]
    groups: frozenset[str]
    until: str | None


_MEMBER_UNTIL: Final[Any] = type_coerce(members.c.until, Text)
_GRANT_UNTIL: Final[Any] = type_coerce(grants.c.until, Text)
_MEMBERSHIPS: Final = (
    select(
        members.c.email,
        teams.c.id,
        teams.c.display_name,
        partners.c.display_name,
        members.c.id,
        partners.c.id,
        case((gives_access(), 1), else_=0),
        _MEMBER_UNTIL,
    )
    .select_from(
        members.join(teams, members.c.team_id == teams.c.id).join(
            partners, teams.c.partner_id == partners.c.id
        )
    )
    .where(members.c.email.in_(bindparam("people", expanding=True)), members.c.state != "declined")
    .order_by(members.c.email, members.c.seq)
)
_BLOCKED: Final = select(partners.c.id, partners.c.blocked).where(
    partners.c.id.in_(bindparam("partners", expanding=True)),
    type_coerce(partners.c.blocked, Text) != literal("[]", Text),
)
_GRANTS_OF_TEAMS: Final = select(
    grants.c.team_id, grants.c.group_id, grants.c.level, _GRANT_UNTIL.label("until")
).where(grants.c.team_id.in_(bindparam("teams", expanding=True)), lasts(grants.c.until))
_GRANTS_OF_PEOPLE: Final = select(
    grants.c.email, grants.c.group_id, grants.c.level, _GRANT_UNTIL.label("until")
).where(grants.c.email.in_(bindparam("people", expanding=True)), lasts(grants.c.until))


def _items() -> Select[Any]:
    """Return the APIs of groups, directly or in a product."""
    return (
        select(access_items.c.group_id, func.coalesce(access_items.c.api_id, product_items.c.api_id))
        .select_from(
            access_items.outerjoin(product_items, product_items.c.product_id == access_items.c.product_id)
        )
        .where(
            access_items.c.group_id.in_(bindparam("groups", expanding=True)),
            or_(access_items.c.api_id.is_not(None), product_items.c.api_id.is_not(None)),
        )
    )


_ITEMS: Final = _items()
_GROUPS_OF_API: Final = union_all(
    select(access_items.c.group_id).where(access_items.c.api_id == bindparam("api")),
    select(access_items.c.group_id)
    .join_from(product_items, access_items, access_items.c.product_id == product_items.c.product_id)
    .where(product_items.c.api_id == bindparam("api")),
)


def groups_of_api(call: Call, api: str) -> list[str]:
    """Return the access groups that contain an API, directly or in a product."""
    return sorted(set(call.connection.scalars(_GROUPS_OF_API, {"api": api})))


def apis_of_group(call: Call, group: str) -> list[str]:
    """Return the APIs that an access group contains, directly or in a product."""
    return sorted(set(_bundles(call, [group]).get(group, ())))


def reach_of(call: Call, people: Sequence[str], on: date, own: str | None) -> Iterator[tuple[str, Reach]]:
    """Return what each of the people reaches on a day, in their order; only through the team `own` if any."""
    if not people:
        return
    day = {"on": on.isoformat(), "expired_before": expired_before(call.now)}
    rows = call.connection.execute(_MEMBERSHIPS, {**day, "people": people}).all()
    if own is not None:
        rows = [row for row in rows if row[1] == own]
    blocked = _blocked(call, {row[5] for row in rows})
    memberships: defaultdict[str, list[tuple[TeamRow, str | None]]] = defaultdict(list)
    for email, team, name, partner, member, partner_id, counts, until in rows:
        gives = bool(counts) and email not in blocked.get(partner_id, ())
        memberships[email].append((TeamRow(team, name, partner, member, gives), until))
    received = _received(call, day, {row[1] for row in rows}, people if own is None else ())
    bundles = _bundles(call, {group for each in received.values() for group, *_ in each})
    known: dict[frozenset[_Grant], dict[str, Level]] = {}
    for email in people:
        own_rows = memberships.get(email, [])
        counting = [(team.id, until) for team, until in own_rows if team.counts]
        through = [
            *received.get(email, ()),
            *(each for team, _ in counting for each in received.get(team, ())),
        ]
        key = frozenset((group, level) for group, level, _ in through)
        if key not in known:
            known[key] = _apis(key, bundles)
        ends = [until for _, _, until in through]
        ends += [until for team, until in counting if team in received]
        yield (
            email,
            Reach(
                [team for team, _ in own_rows],
                known[key],
                frozenset(group for group, _ in key),
                min((until for until in ends if until is not None), default=None),
            ),
        )


def _blocked(call: Call, partner_ids: Collection[str]) -> dict[str, frozenset[str]]:
    if not partner_ids:
        return {}
    rows = call.connection.execute(_BLOCKED, {"partners": sorted(partner_ids)})
    return {partner: frozenset(msgspec.json.decode(blocked)) for partner, blocked in rows}


def _received(
    call: Call, day: Mapping[str, Any], team_ids: Collection[str], people: Sequence[str]
) -> dict[str, list[tuple[str, Level, str | None]]]:
    """Return the groups, levels and ends that teams and people receive."""
    found: defaultdict[str, list[tuple[str, Level, str | None]]] = defaultdict(list)
    for statement, name, receivers in (
        (_GRANTS_OF_TEAMS, "teams", sorted(team_ids)),
        (_GRANTS_OF_PEOPLE, "people", people),
    ):
        if receivers:
            for receiver, group, level, until in call.connection.execute(statement, {**day, name: receivers}):
                found[receiver].append((group, level, until))
    return dict(found)


def _bundles(call: Call, group_ids: Collection[str]) -> dict[str, list[str]]:
    if not group_ids:
        return {}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for group, api in call.connection.execute(_ITEMS, {"groups": sorted(group_ids)}):
        found[group].append(api)
    return found


def _apis(received: Iterable[_Grant], bundles: Mapping[str, Sequence[str]]) -> dict[str, Level]:
    """Return the highest level of each API."""
    levels: dict[str, Level] = {}
    # The level view comes last, so that it never replaces consume.
    for group, level in sorted(received, key=lambda each: each[1]):
        for api in bundles.get(group, ()):
            levels.setdefault(api, level)
    return levels

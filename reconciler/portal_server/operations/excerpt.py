"""An excerpt of the portal: some objects, the people behind them, and all that gives these people access.

Each step is one statement, however many objects it is about. The number of statements is always the same.
"""

from collections.abc import Collection, Mapping
from itertools import starmap
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Select, bindparam, select, union, union_all

from reconciler.portal_server.operations import responses
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import (
    ACCESS_GROUP,
    ACCESS_ITEM,
    API,
    GRANT,
    MEMBER,
    PARTNER,
    PRODUCT,
    PRODUCT_ITEM,
    TEAM,
    Kind,
)
from reconciler.portal_server.operations.problems import ProblemError, invalid
from reconciler.portal_server.operations.request_models import MAX_OBJECTS_OF_EXCERPT, WantedExcerpt
from reconciler.portal_server.storage.sets import is_among
from reconciler.portal_server.storage.tables import (
    access_groups,
    access_items,
    grants,
    members,
    partners,
    product_items,
    products,
    teams,
)
from reconciler.portal_server.values.addresses import canonical_email
from reconciler.portal_server.values.durations import expired_before


def show(call: Call) -> HttpResponse:
    """Return the excerpt. Reject with 413 one with too many objects."""
    return json_response(200, _Reader(call).read(call.body))


class _Ids(msgspec.Struct):
    """The ids of what is in an excerpt, and the addresses of the people behind it."""

    partners: set[str]
    teams: set[str]
    groups: set[str]
    products: set[str]
    people: set[str]


class _Reader:
    """Reads an excerpt, and stops as soon as there are too many objects."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._left = MAX_OBJECTS_OF_EXCERPT

    def read(self, wanted: WantedExcerpt) -> responses.Excerpt:
        """Return the excerpt that is asked for."""
        ids = self._named_and_behind(wanted)
        memberships = self._objects(MEMBER, people=ids.people)
        ids.teams.update(each.team_id for each in memberships)
        found_grants = self._objects(GRANT, teams=ids.teams, people=ids.people)
        ids.groups.update(each.group_id for each in found_grants)
        items = self._objects(ACCESS_ITEM, parents=ids.groups)
        ids.products.update(each.product_id for each in items if each.product_id)
        found_teams = self._objects(TEAM, ids=ids.teams)
        ids.partners.update(each.partner_id for each in found_teams)
        return responses.Excerpt(
            partners=self._objects(PARTNER, ids=ids.partners),
            teams=found_teams,
            members=memberships,
            products=self._objects(PRODUCT, ids=ids.products),
            product_items=self._objects(PRODUCT_ITEM, parents=ids.products),
            access_groups=self._objects(ACCESS_GROUP, ids=ids.groups),
            access_items=items,
            grants=found_grants,
            apis=list(starmap(responses.Api, self._call.connection.execute(_APIS))),
        )

    def _named_and_behind(self, wanted: WantedExcerpt) -> _Ids:
        """Return the objects that are asked for by name, and the people behind them."""
        found_partners, found_teams = self._teams(wanted)
        products = self._named(_PRODUCTS, [*wanted.products, *wanted.contents.products])
        groups = self._named(_GROUPS, [*wanted.access_groups, *wanted.contents.access_groups])
        receiving = {groups[name] for name in wanted.access_groups if name in groups}
        bundled = [products[name] for name in wanted.products if name in products]
        receiving.update(row.group_id for row in self._rows(_CONTAINING, products=bundled))
        receivers = self._rows(_RECEIVERS, groups=receiving)
        found_teams.update(row.team_id for row in receivers if row.team_id)
        people = _spelled(wanted.people)
        people.update(row.email for row in receivers if row.email)
        people.update(row.email for row in self._rows(_MEMBERS_OF, teams=found_teams))
        return _Ids(found_partners, found_teams, {*groups.values(), *receiving}, {*products.values()}, people)

    def _teams(self, wanted: WantedExcerpt) -> tuple[set[str], set[str]]:
        """Return the ids of the teams that are asked for, and of all partners that are named for them."""
        named = self._named(_PARTNERS, [*wanted.partners, *(team.partner for team in wanted.teams)])
        whole = {named[name] for name in wanted.partners if name in named}
        pairs = [(named[team.partner], team.name) for team in wanted.teams if team.partner in named]
        found = self._rows(
            _TEAMS,
            whole=whole,
            partners={partner for partner, _ in pairs},
            teams=[f"{partner}/{team}" for partner, team in pairs],
        )
        return {*named.values()}, {row.id for row in found}

    def _named(self, statement: Select[Any], names: list[str]) -> dict[str, str]:
        return {row.name: row.id for row in self._rows(statement, names=names)}

    def _rows(self, statement: Any, **texts: Collection[str]) -> list[Any]:
        """Return what a step finds."""
        found = self._call.connection.execute(
            statement, {**_lists(texts), "most": MAX_OBJECTS_OF_EXCERPT + 1}
        ).all()
        if len(found) > MAX_OBJECTS_OF_EXCERPT:
            raise _too_many()
        return list(found)

    def _objects(self, kind: Kind, **texts: Collection[str]) -> list[Any]:
        """Return objects of the excerpt, in their order."""
        values = {"expired_before": expired_before(self._call.now), "most": self._left + 1}
        rows = self._call.connection.execute(_OBJECTS[kind], {**_lists(texts), **values}).all()
        self._left -= len(rows)
        if self._left < 0:
            raise _too_many()
        return list(starmap(kind.view.reply, rows))


def _lists(texts: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    return {name: list(each) for name, each in texts.items()}


def _too_many() -> ProblemError:
    detail = f"The excerpt has more than {MAX_OBJECTS_OF_EXCERPT:,} objects; read the lists instead."
    return ProblemError(413, detail)


def _spelled(emails: list[str]) -> set[str]:
    found: set[str] = set()
    for place, email in enumerate(emails):
        try:
            found.add(canonical_email(email))
        except ValueError as error:
            raise invalid(f"/people/{place}", str(error)) from error
    return found


_MOST: Final[Any] = bindparam("most")
_PARTNERS: Final = select(partners.c.id, partners.c.name).where(is_among(partners.c.name, "names"))
_PRODUCTS: Final = select(products.c.id, products.c.name).where(is_among(products.c.name, "names"))
_GROUPS: Final = select(access_groups.c.id, access_groups.c.name).where(
    is_among(access_groups.c.name, "names")
)
# Two statements instead of an OR, which would read all teams.
_TEAMS: Final = union(
    select(teams.c.id).where(is_among(teams.c.partner_id, "whole")),
    select(teams.c.id).where(
        is_among(teams.c.partner_id, "partners"),
        is_among(teams.c.partner_id + "/" + teams.c.name, "teams"),
    ),
).limit(_MOST)
_CONTAINING: Final = (
    select(access_items.c.group_id).where(is_among(access_items.c.product_id, "products")).limit(_MOST)
)
_RECEIVERS: Final = (
    select(grants.c.team_id, grants.c.email).where(is_among(grants.c.group_id, "groups")).limit(_MOST)
)
_MEMBERS_OF: Final = (
    select(members.c.email).where(is_among(members.c.team_id, "teams")).distinct().limit(_MOST)
)
_APIS: Final = select(*API.view.columns).order_by(API.table.c.seq)


# No grant is for a team and a person.
_GRANTS: Final = union_all(
    select(grants.c.id).where(is_among(grants.c.team_id, "teams")),
    select(grants.c.id).where(is_among(grants.c.email, "people")),
)
_IN_EXCERPT: Final[Mapping[Kind, ColumnElement[bool]]] = {
    PARTNER: is_among(partners.c.id, "ids"),
    TEAM: is_among(teams.c.id, "ids"),
    MEMBER: is_among(members.c.email, "people"),
    PRODUCT: is_among(products.c.id, "ids"),
    PRODUCT_ITEM: is_among(product_items.c.product_id, "parents"),
    ACCESS_GROUP: is_among(access_groups.c.id, "ids"),
    ACCESS_ITEM: is_among(access_items.c.group_id, "parents"),
    GRANT: grants.c.id.in_(_GRANTS),
}
_OBJECTS: Final[Mapping[Kind, Select[Any]]] = {
    kind: select(*kind.view.columns).where(condition).order_by(kind.table.c.seq).limit(_MOST)
    for kind, condition in _IN_EXCERPT.items()
}

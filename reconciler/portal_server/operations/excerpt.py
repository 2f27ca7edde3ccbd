"""An excerpt of the portal: some objects, the people behind them, and all that gives these people access.

Each step is one statement, however many objects it is about. The number of statements is always the same.
"""

from functools import lru_cache
from itertools import starmap
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, select, union

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
from reconciler.portal_server.operations.request_models import WantedExcerpt
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

MAX_OBJECTS: Final = 20_000


def show(call: Call) -> HttpResponse:
    """Return the excerpt. Reject with 413 one with too many objects."""
    return json_response(200, _Reader(call).read(call.body))


class _Reader:
    """Reads an excerpt, and stops as soon as there are too many objects."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._left = MAX_OBJECTS

    def read(self, wanted: WantedExcerpt) -> responses.Excerpt:
        """Return the excerpt that is asked for."""
        team_ids, partner_ids = self._teams(wanted)
        product_ids = self._named(_PRODUCTS, [*wanted.products, *wanted.contents.products])
        group_ids = self._named(_GROUPS, [*wanted.access_groups, *wanted.contents.access_groups])
        receiving = {group_ids[name] for name in wanted.access_groups if name in group_ids}
        bundled = [product_ids[name] for name in wanted.products if name in product_ids]
        receiving.update(row.group_id for row in self._rows(_CONTAINING, products=bundled))
        receivers = self._rows(_RECEIVERS, groups=[*receiving])
        team_ids.update(row.team_id for row in receivers if row.team_id)
        people = _spelled(wanted.people)
        people.update(row.email for row in receivers if row.email)
        people.update(row.email for row in self._rows(_MEMBERS_OF, teams=[*team_ids]))

        memberships = self._objects(MEMBER, people=[*people])
        team_ids.update(each.team_id for each in memberships)
        found_grants = self._objects(GRANT, teams=[*team_ids], people=[*people])
        found_teams = self._objects(TEAM, ids=[*team_ids])
        partner_ids.update(each.partner_id for each in found_teams)
        all_groups = {*group_ids.values(), *receiving, *(each.group_id for each in found_grants)}
        items = self._objects(ACCESS_ITEM, parents=[*all_groups])
        all_products = {*product_ids.values(), *(each.product_id for each in items if each.product_id)}
        return responses.Excerpt(
            partners=self._objects(PARTNER, ids=[*partner_ids]),
            teams=found_teams,
            members=memberships,
            products=self._objects(PRODUCT, ids=[*all_products]),
            product_items=self._objects(PRODUCT_ITEM, parents=[*all_products]),
            access_groups=self._objects(ACCESS_GROUP, ids=[*all_groups]),
            access_items=items,
            grants=found_grants,
            apis=list(starmap(responses.Api, self._call.connection.execute(_APIS))),
        )

    def _teams(self, wanted: WantedExcerpt) -> tuple[set[str], set[str]]:
        """Return the ids of the teams, and of the partners, that are asked for by name."""
        named = self._named(_PARTNERS, [*wanted.partners, *(team.partner for team in wanted.teams)])
        whole = [named[name] for name in wanted.partners if name in named]
        some = [named[team.partner] for team in wanted.teams if team.partner in named]
        pairs = [f"{named[team.partner]}/{team.name}" for team in wanted.teams if team.partner in named]
        found = self._rows(_TEAMS, whole=whole, partners=some, teams=pairs)
        return {row.id for row in found}, set(whole)

    def _named(self, statement: Select[Any], names: list[str]) -> dict[str, str]:
        return {row.name: row.id for row in self._rows(statement, names=names)}

    def _rows(self, statement: Any, **lists: list[str]) -> list[Any]:
        """Return what a step finds."""
        found = self._call.connection.execute(statement, {**lists, "most": MAX_OBJECTS + 1}).all()
        if len(found) > MAX_OBJECTS:
            raise _too_many()
        return list(found)

    def _objects(self, kind: Kind, **lists: list[str]) -> list[Any]:
        """Return objects of the excerpt, in their order."""
        values = {**lists, "expired_before": expired_before(self._call.now), "most": self._left + 1}
        rows = self._call.connection.execute(_objects_of(kind), values).all()
        self._left -= len(rows)
        if self._left < 0:
            raise _too_many()
        return list(starmap(kind.view.reply, rows))


def _too_many() -> ProblemError:
    detail = f"The excerpt has more than {MAX_OBJECTS:,} objects; read the lists instead."
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


def _condition(kind: Kind) -> ColumnElement[bool]:
    """Return which objects of a kind are in the excerpt."""
    if kind is MEMBER:
        return is_among(members.c.email, "people")
    if kind is GRANT:
        # No grant is for a team and a person.
        of_teams = select(grants.c.id).where(is_among(grants.c.team_id, "teams"))
        return grants.c.id.in_(
            of_teams.union_all(select(grants.c.id).where(is_among(grants.c.email, "people")))
        )
    if kind is ACCESS_ITEM:
        return is_among(access_items.c.group_id, "parents")
    if kind is PRODUCT_ITEM:
        return is_among(product_items.c.product_id, "parents")
    return is_among(kind.table.c.id, "ids")


@lru_cache(maxsize=16)
def _objects_of(kind: Kind) -> Select[Any]:
    return select(*kind.view.columns).where(_condition(kind)).order_by(kind.table.c.seq).limit(_MOST)

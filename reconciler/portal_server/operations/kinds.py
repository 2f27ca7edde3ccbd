"""The kinds of objects, with the data for operations and the API description."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import BindParameter, Column, ColumnElement, Table, bindparam, case, func, select

from reconciler.portal_server.operations import request_models, responses
from reconciler.portal_server.operations.context import Caller
from reconciler.portal_server.storage import tables
from reconciler.portal_server.values.formats import Email, Identifier, MemberState, Role


class Filter(msgspec.Struct, frozen=True):
    """A query parameter of a list: its format and its filter."""

    format: Any
    clause: Callable[[BindParameter[Any]], ColumnElement[bool]]


class View(msgspec.Struct, frozen=True, eq=False):
    """A list of rows, of those with a condition; the columns are the fields of the reply, in order."""

    table: Table
    reply: type[responses.Reply]
    columns: tuple[ColumnElement[Any], ...]
    filters: Mapping[str, Filter] = {}
    where: ColumnElement[bool] | None = None


class TeamSight(msgspec.Struct, frozen=True):
    """The visibility of a kind for a team's token: rows whose column has the caller's value."""

    column: Column[Any]
    of: Callable[[Caller], str | None]


class Kind(msgspec.Struct, frozen=True, eq=False):
    """A kind of object; `taken` and `held` are the details of 409 responses."""

    name: str
    path: str
    prefix: str
    view: View
    new: Any
    change: Any = None
    references: Mapping[str, Table] = {}
    conflict: str = ""
    in_use: str = ""
    sight: TeamSight | None = None

    @property
    def table(self) -> Table:
        """The table of the objects."""
        return self.view.table


def _equal(column: Column[Any], value_format: Any = Identifier) -> Filter:
    return Filter(value_format, lambda value: column == value)


def _view(table: Table, reply: type[responses.Reply], **filters: Filter) -> View:
    columns = tuple(table.c[field] for field in reply.__struct_fields__ if field in table.c)
    return View(table, reply, columns, filters)


EXPIRED: Final = (tables.members.c.state == "invited") & (
    tables.members.c.invited_at <= bindparam("expired_before")
)
MEMBER_STATE: Final = case((EXPIRED, "expired"), else_=tables.members.c.state)
# The entity tag must change when an invitation expires, although nothing is written.
_MEMBER_TAG: Final = case(
    (EXPIRED, '"expired-' + func.substr(tables.members.c.etag, 2)), else_=tables.members.c.etag
)


def _members() -> View:
    table = tables.members
    computed = {"state": MEMBER_STATE.label("state"), "etag": _MEMBER_TAG.label("etag")}
    teams_of = select(tables.teams.c.id)
    return View(
        table,
        responses.Member,
        tuple(computed.get(field, table.c[field]) for field in responses.Member.__struct_fields__),
        {
            "team": _equal(table.c.team_id),
            "partner": Filter(
                Identifier,
                lambda value: table.c.team_id.in_(teams_of.where(tables.teams.c.partner_id == value)),
            ),
            "email": _equal(table.c.email, Email),
            "state": Filter(MemberState, lambda value: value == MEMBER_STATE),
            "role": _equal(table.c.role, Role),
        },
    )


PARTNER: Final = Kind(
    name="partner",
    path="partners",
    prefix="par",
    view=_view(tables.partners, responses.Partner),
    new=request_models.NewPartner,
    change=request_models.PartnerChange,
    conflict="A partner with this name exists.",
    in_use="The partner still has teams.",
    sight=TeamSight(tables.partners.c.id, lambda caller: caller.partner_id),
)
TEAM: Final = Kind(
    name="team",
    path="teams",
    prefix="team",
    view=_view(tables.teams, responses.Team, partner=_equal(tables.teams.c.partner_id)),
    new=request_models.NewTeam,
    change=request_models.TeamChange,
    references={"partner_id": tables.partners},
    conflict="The partner already has a team with this name.",
    in_use="The team still has members or grants.",
    sight=TeamSight(tables.teams.c.id, lambda caller: caller.team_id),
)
MEMBER: Final = Kind(
    name="member",
    path="members",
    prefix="mem",
    view=_members(),
    new=request_models.NewMember,
    change=request_models.MemberChange,
    references={"team_id": tables.teams},
    conflict="The team already has this address.",
    sight=TeamSight(tables.members.c.team_id, lambda caller: caller.team_id),
)
PRODUCT: Final = Kind(
    name="product",
    path="products",
    prefix="prod",
    view=_view(tables.products, responses.Product),
    new=request_models.NewProduct,
    change=request_models.ProductChange,
    conflict="A product with this name exists.",
    in_use="The product still has items, or is in an access group.",
)
PRODUCT_ITEM: Final = Kind(
    name="product-item",
    path="product-items",
    prefix="pit",
    view=_view(
        tables.product_items,
        responses.ProductItem,
        product=_equal(tables.product_items.c.product_id),
        api=_equal(tables.product_items.c.api_id),
    ),
    new=request_models.NewProductItem,
    references={"product_id": tables.products, "api_id": tables.apis},
    conflict="The product already has this API.",
)
ACCESS_GROUP: Final = Kind(
    name="access-group",
    path="access-groups",
    prefix="grp",
    view=_view(tables.access_groups, responses.AccessGroup),
    new=request_models.NewAccessGroup,
    change=request_models.AccessGroupChange,
    conflict="An access group with this name exists.",
    in_use="The access group still has items or grants.",
)
ACCESS_ITEM: Final = Kind(
    name="access-item",
    path="access-items",
    prefix="ait",
    view=_view(
        tables.access_items,
        responses.AccessItem,
        group=_equal(tables.access_items.c.group_id),
        api=_equal(tables.access_items.c.api_id),
        product=_equal(tables.access_items.c.product_id),
    ),
    new=request_models.NewAccessItem,
    references={"group_id": tables.access_groups, "api_id": tables.apis, "product_id": tables.products},
    conflict="The access group already has this item.",
)
GRANT: Final = Kind(
    name="grant",
    path="grants",
    prefix="grt",
    view=_view(
        tables.grants,
        responses.Grant,
        group=_equal(tables.grants.c.group_id),
        team=_equal(tables.grants.c.team_id),
        email=_equal(tables.grants.c.email, Email),
    ),
    new=request_models.NewGrant,
    change=request_models.GrantChange,
    references={"group_id": tables.access_groups, "team_id": tables.teams},
    conflict="The access group is already granted to this team or person.",
)
API: Final = Kind(
    name="api",
    path="apis",
    prefix="api",
    view=_view(tables.apis, responses.Api),
    new=request_models.NewApi,
    change=request_models.ApiChange,
    conflict="An API with this name exists.",
    in_use="The API is still in a product or an access group.",
)
PERSON: Final = Kind(
    name="person",
    path="people",
    prefix="per",
    view=_view(tables.people, responses.Person),
    new=request_models.NewPerson,
    change=request_models.PersonChange,
    conflict="This address already has an account.",
)
TOKEN: Final = Kind(
    name="token",
    path="tokens",
    prefix="tok",
    view=_view(tables.tokens, responses.Token),
    new=request_models.NewToken,
    references={"team_id": tables.teams},
)
KINDS: Final = (
    PARTNER,
    TEAM,
    MEMBER,
    PRODUCT,
    PRODUCT_ITEM,
    ACCESS_GROUP,
    ACCESS_ITEM,
    GRANT,
    API,
    PERSON,
    TOKEN,
)
ALL_MAILS: Final = _view(tables.mails, responses.Mail, to=_equal(tables.mails.c["to"], Email))
# Mails with an end contain a secret.
MAILBOX: Final = msgspec.structs.replace(ALL_MAILS, where=tables.mails.c.expires_at.is_(None))

"""Requests to add a partner or to take people out, and the problems found in them."""

from typing import Literal, TypeAlias

import msgspec

Field: TypeAlias = Literal[
    "name",
    "type",
    "displayName",
    "owner",
    "domains",
    "agreement",
    "until",
    "team",
    "admins",
    "access",
    "people",
    "partner",
]


class TeamRequest(msgspec.Struct, frozen=True):
    """A requested team and its admins; the texts are not validated yet."""

    name: str
    admins: tuple[str, ...] = ()


class PartnerRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A requested partner; the texts are not validated yet, and empty if not given."""

    name: str = ""
    type: str = ""
    display_name: str = ""
    owner: str = ""
    domains: tuple[str, ...] = ()
    agreement: str = ""
    until: str = ""
    access: tuple[str, ...] = ()
    teams: tuple[TeamRequest, ...] = ()


class RemovalRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request to take people out: their addresses, which are valid, and their partner if it was given."""

    people: tuple[str, ...] = ()
    partner: str = ""


class Problem(msgspec.Struct, frozen=True):
    """A problem of a request, for one field or for the whole request, with a hint.

    `team` is the name of the team whose admins it is about.
    """

    field: Field | None
    message: str
    hint: str = ""
    team: str = ""

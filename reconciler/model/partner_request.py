"""A request to add a partner, and the problems found in it."""

from typing import Literal, TypeAlias

import msgspec

Field: TypeAlias = Literal[
    "name", "type", "displayName", "owner", "domains", "agreement", "until", "team", "admins", "access"
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


class Problem(msgspec.Struct, frozen=True):
    """A problem of a request, for one field or for the whole request, with a hint."""

    field: Field | None
    message: str
    hint: str = ""

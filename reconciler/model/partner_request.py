"""What somebody asks to be written into the files, and what is wrong with it."""

from typing import Literal, TypeAlias

import msgspec

Field: TypeAlias = Literal[
    "name", "type", "displayName", "owner", "domains", "agreement", "until", "team", "admins", "access"
]


class TeamRequest(msgspec.Struct, frozen=True):
    """A team to be, and the people who look after it; texts that nobody has checked."""

    name: str
    admins: tuple[str, ...] = ()


class PartnerRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A partner to be; texts that nobody has checked, empty where nothing was said."""

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
    """What is wrong with a request, about one field or about the whole, and what to do about it."""

    field: Field | None
    message: str
    hint: str = ""

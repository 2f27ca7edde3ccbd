"""What decides the files of a new repository."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import msgspec

CI: TypeAlias = Literal["github", "gitlab", "gitea", "none"]


class Owner(msgspec.Struct, frozen=True):
    """The owner of everything at first: name, e-mail address, and handle on the forge, or an empty text."""

    name: str
    email: str
    handle: str = ""


class PortalEntry(msgspec.Struct, frozen=True):
    """A portal in the configuration: its name, its settings as they are in the file, and the variable."""

    name: str
    settings: Mapping[str, Any]
    variable: str = "PORTAL_TOKEN"


class Source(msgspec.Struct, frozen=True):
    """Where pipelines get this program: the address of its repository, and a commit or tag in it."""

    url: str
    revision: str
    version: str


class NewRepository(msgspec.Struct, frozen=True, kw_only=True):
    """The name of the configuration, the default owner, the portal, and the forge that runs the pipelines.

    `others` are more owners, reached as the default one until their own addresses are entered.
    """

    name: str
    owner: Owner
    portal: PortalEntry
    ci: CI
    others: tuple[str, ...] = ()

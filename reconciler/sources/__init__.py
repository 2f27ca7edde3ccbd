"""Sources: CRM systems that say who is a partner, and directories that say who is in a team.

A module is imported when a source of its type is used, not before.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from reconciler.sources.package import Credentials as Credentials
from reconciler.sources.package import SourceType as SourceType

# The module of each type that is asked over a network; its SOURCE is the type.
SOURCES: Final[Mapping[str, str]] = {
    "keycloak": "reconciler.sources.keycloak",
    "ldap": "reconciler.sources.ldap",
    "rest": "reconciler.sources.rest",
    "scim": "reconciler.sources.scim",
    "tryton": "reconciler.sources.tryton",
}


def source_type(name: str) -> SourceType:
    """Return a type of source that is asked over a network, by its name."""
    found: SourceType = import_module(SOURCES[name]).SOURCE
    return found

"""A site as it was read."""

from collections.abc import Mapping
from typing import Final

import msgspec

from reconciler.portals.drupal.schemas import Item

# The lists besides those of named objects.
USERS: Final = "user"
APIS: Final = "api"
MEMBERSHIPS: Final = "membership"
ROLES: Final = "role"


class Site(msgspec.Struct, frozen=True):
    """The objects by list; `problem` says why something may be missing, or is empty."""

    lists: Mapping[str, list[Item]]
    problem: str = ""

    def list(self, name: str) -> list[Item]:
        """Return the objects of a list, which is empty where the site has no such type."""
        return self.lists.get(name, [])

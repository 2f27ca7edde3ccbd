"""A concurrent editor: random changes in the embedded portal during a run, with a record of them."""

from random import Random
from typing import Any, Final

from reconciler.testing.embedded import InProcessPortal

# A person who is in no generated configuration.
GUEST: Final = "dee@guest.example"
# The first names also occur in generated configurations, so that an editor can make the same change.
_CALLED: Final = ("One", "Two", "Three", *(f"Edited {number}" for number in range(6)))
_NAMED: Final = ("partners", "teams", "products", "access_groups")


class ConcurrentEditor:
    """Make random changes with full permissions; `edited` has the new values of each changed object."""

    def __init__(self, portal: InProcessPortal, random: Random) -> None:
        self.edited: dict[str, dict[str, Any]] = {}
        self._portal = portal
        self._random = random

    async def edit(self) -> None:
        """Change a display name or a role, or add a person; nothing is renamed or deleted."""
        table = self._random.choice((*_NAMED, "members", "add"))
        if table == "add":
            await self._add()
            return
        found = self._portal.rows(table)
        if found:
            chosen = self._random.choice(found)
            values = {"role": self._random.choice(("admin", "member"))}
            if table != "members":
                values = {"displayName": self._random.choice(_CALLED)}
            path = f"/{table.replace('_', '-')}/{chosen['id']}"
            stored = await self._portal.ask("PATCH", path, values)
            # Ignore a request that changed nothing.
            if not stored["etag"].endswith(chosen["etag"][1:]):
                self.edited[stored["id"]] = values

    async def _add(self) -> None:
        taken = {each["teamId"] for each in self._portal.rows("members") if each["email"] == GUEST}
        free = [each["id"] for each in self._portal.rows("teams") if each["id"] not in taken]
        if free:
            body = {"teamId": self._random.choice(free), "email": GUEST, "role": "member"}
            stored = await self._portal.ask("POST", "/members", body)
            self.edited[stored["id"]] = body

"""Somebody else who works in the embedded portal while the reconciler does, and remembers what was done."""

from random import Random
from typing import Any, Final

from reconciler.testing.embedded import EmbeddedHere

# Nobody whom the files of a random world name.
GUEST: Final = "dee@guest.example"
# The first are those that files of a random world ask for: the same change may be somebody else's.
_CALLED: Final = ("One", "Two", "Three", *(f"Edited {number}" for number in range(6)))
_NAMED: Final = ("partners", "teams", "products", "access_groups")


class Somebody:
    """Edits at random, with full rights; `edited` holds what was put into each object that it changed."""

    def __init__(self, portal: EmbeddedHere, random: Random) -> None:
        self.edited: dict[str, dict[str, Any]] = {}
        self._portal = portal
        self._random = random

    async def edit(self) -> None:
        """Rename nothing and delete nothing, but change what people read, change a role, or add someone."""
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
            # One that changes nothing is no edit.
            if not stored["etag"].endswith(chosen["etag"][1:]):
                self.edited[stored["id"]] = values

    async def _add(self) -> None:
        taken = {each["teamId"] for each in self._portal.rows("members") if each["email"] == GUEST}
        free = [each["id"] for each in self._portal.rows("teams") if each["id"] not in taken]
        if free:
            body = {"teamId": self._random.choice(free), "email": GUEST, "role": "member"}
            stored = await self._portal.ask("POST", "/members", body)
            self.edited[stored["id"]] = body

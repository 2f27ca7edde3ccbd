"""Somebody else who works in the embedded portal while the reconciler does, and remembers what was done."""

from random import Random
from typing import Any, Final

from reconciler.testing.embedded import EmbeddedHere

# Nobody whom the files of a random world name.
GUEST: Final = "dee@guest.example"
_NAMED: Final = ("/partners", "/teams", "/products", "/access-groups")


class Somebody:
    """Edits at random, with full rights; `edited` holds what was put into each object that it changed."""

    def __init__(self, portal: EmbeddedHere, random: Random) -> None:
        self.edited: dict[str, dict[str, Any]] = {}
        self.done: list[str] = []
        self._portal = portal
        self._random = random

    async def edit(self) -> None:
        """Rename nothing and delete nothing, but change what people read, change a role, or add someone."""
        path = self._random.choice((*_NAMED, "/members", "add"))
        if path == "add":
            await self._add()
            return
        [found] = await self._portal.lists(path)
        if found:
            chosen = self._random.choice(found)
            values = {"role": self._random.choice(("admin", "member"))}
            if path != "/members":
                values = {"displayName": f"Edited {self._random.randint(1, 9)}"}
            stored = await self._portal.ask("PATCH", f"{path}/{chosen['id']}", values)
            # One that changes nothing is no edit.
            if stored["etag"] != chosen["etag"]:
                self._note(stored, values)

    async def _add(self) -> None:
        teams, members = await self._portal.lists("/teams", "/members")
        taken = {each["teamId"] for each in members if each["email"] == GUEST}
        free = [each for each in teams if each["id"] not in taken]
        if free:
            body = {"teamId": self._random.choice(free)["id"], "email": GUEST, "role": "member"}
            self._note(await self._portal.ask("POST", "/members", body), body)

    def _note(self, stored: dict[str, Any], values: dict[str, Any]) -> None:
        self.edited[stored["id"]] = values
        self.done.append(f"{stored['id']} {values}")

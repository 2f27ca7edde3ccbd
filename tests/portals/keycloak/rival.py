"""Another administrator of a realm, who adds things while a run writes."""

from collections.abc import Callable
from random import Random
from typing import Any

import httpx2

from reconciler.model.plan import Plan
from reconciler.model.resource import Live
from tests.servers.keycloak import Realm


class Rival:
    """Adds members, groups, attributes and roles in half of all turns."""

    def __init__(self, realm: Realm, random: Random) -> None:
        self._realm = realm
        self._random = random
        self._acted = 0
        self._added: list[tuple[str, str, str]] = []

    def act(self) -> bool:
        """Add something to a group or role that exists."""
        if self._random.random() < 0.5:
            return False
        partners = self._realm.ask("GET", "/groups?max=100")
        teams = [
            team for each in partners for team in self._realm.ask("GET", f"/groups/{each['id']}/children")
        ]
        groups = [each["id"] for each in (*partners, *teams)]
        roles = [
            each["id"] for each in self._realm.ask("GET", "/roles") if each["name"] in {"gold", "silver"}
        ]
        options: list[tuple[Callable[[str], str], list[str]]] = [(self._join, [each["id"] for each in teams])]
        options += [(add, groups) for add in (self._child, self._attribute, self._map)]
        options += [(self._contain, roles)]
        add, targets = self._random.choice(options)
        if targets:
            self._acted += 1
            self._added.append((add.__name__, target := self._random.choice(targets), add(target)))
        return bool(targets)

    def lost(self, _made: Plan, _live: Live) -> list[str]:
        """Return what was added and no longer exists. The next plan knows the rest, and may remove it."""
        added, self._added = self._added, []
        return [f"lost: {each}" for each in added if not self._exists(*each)]

    def _join(self, group: str) -> str:
        address = f"rival-{self._acted}@guest.example"
        self._realm.ask("POST", "/users", {"username": address, "email": address, "enabled": True})
        [user] = self._realm.ask("GET", f"/users?email={address}&exact=true")
        self._realm.ask("PUT", f"/users/{user['id']}/groups/{group}")
        return str(user["id"])

    def _child(self, group: str) -> str:
        name = f"rival-{self._acted}"
        self._realm.ask("POST", f"/groups/{group}/children", {"name": name})
        return name

    def _attribute(self, group: str) -> str:
        found, name = self._realm.ask("GET", f"/groups/{group}"), f"rival-{self._acted}"
        attributes = {**found.get("attributes", {}), name: ["1"]}
        self._realm.ask("PUT", f"/groups/{group}", {**found, "attributes": attributes})
        return name

    def _map(self, group: str) -> str:
        role = self._role()
        self._realm.ask("POST", f"/groups/{group}/role-mappings/realm", [role])
        return str(role["name"])

    def _contain(self, role: str) -> str:
        inner = self._role()
        self._realm.ask("POST", f"/roles-by-id/{role}/composites", [inner])
        return str(inner["name"])

    def _role(self) -> Any:
        """Return a new role: what a plan knows may be removed again."""
        self._realm.ask("POST", "/roles", {"name": f"rival-{self._acted}"})
        return self._realm.ask("GET", f"/roles/rival-{self._acted}")

    def _exists(self, how: str, target: str, what: str) -> bool:
        ask = self._realm.ask
        try:
            if how == "_join":
                return target in {each["id"] for each in ask("GET", f"/users/{what}/groups")}
            if how == "_contain":
                return what in _names(ask("GET", f"/roles-by-id/{target}/composites"))
            if how == "_child":
                return what in _names(ask("GET", f"/groups/{target}/children"))
            found = ask("GET", f"/groups/{target}")
        except httpx2.HTTPStatusError:
            return False
        return what in (found["realmRoles"] if how == "_map" else found["attributes"])


def _names(found: list[Any]) -> set[str]:
    return {each["name"] for each in found}

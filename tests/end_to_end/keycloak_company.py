"""The sample company on a realm of a real Keycloak server."""

import json
from collections.abc import Iterable
from typing import Any

from tests.cli.running import Place
from tests.end_to_end.sample_company import Access, SampleCompany
from tests.servers.keycloak import Realm

FALLBACKS = {"until": "daily-run", "blocked": "each-run", "delegated": "unmanaged", "invitations": "create"}


class Company(SampleCompany):
    """A repository with the sample, and a realm with the roles of its APIs."""

    def __init__(self, place: Place, realm: Realm) -> None:
        settings = {
            "type": "keycloak",
            "url": realm.url,
            "realm": realm.name,
            "clientId": "reconciler",
            "clientSecret": {"env": "PORTAL_SECRET"},
            "fallbacks": FALLBACKS,
        }
        super().__init__(place, json.dumps(settings))
        self.realm = realm
        for api in self.apis:
            realm.ask("POST", "/roles", {"name": api})
        realm.ask("PUT", "/events/config", {"adminEventsEnabled": True})

    def issued(self, people: Iterable[str]) -> Access:
        """Return the levels that the tokens of people have for each API."""
        return {person: self.levels(self.realm.token_roles(person)) for person in people}

    def levels(self, roles: Iterable[str]) -> dict[str, str]:
        """Return the highest level for each API that roles give."""
        found: dict[str, str] = {}
        for role in sorted(roles, reverse=True):
            api = role.removesuffix(":view")
            if api in self.apis:
                found[api] = "view" if role.endswith(":view") else "consume"
        return found

    def writes(self) -> int:
        """Return the number of writes that the server has logged since its log was emptied."""
        return len(self.realm.ask("GET", "/admin-events?max=10000"))

    def forget_writes(self) -> None:
        """Empty the log of writes."""
        self.realm.ask("DELETE", "/admin-events")

    def group(self, path: str) -> str:
        """Return the id of a group by its path."""
        return str(self.realm.ask("GET", f"/group-by-path/{path}")["id"])

    def user(self, address: str) -> Any:
        """Return the user with an address."""
        [found] = self.realm.ask("GET", f"/users?email={address}&exact=true")
        return found

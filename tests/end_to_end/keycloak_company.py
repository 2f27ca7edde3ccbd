"""The sample company on a realm of a real Keycloak server."""

import json
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.cli.running import Place
from tests.servers.keycloak import Realm

ROOT = Path(__file__).parents[2]
_PORTAL = """\
    keycloak:
      type: keycloak
      url: {url}
      realm: {realm}
      clientId: reconciler
      clientSecret: {{env: PORTAL_SECRET}}
      fallbacks: {{until: daily-run, blocked: each-run, delegated: unmanaged, invitations: create}}
"""
Access = dict[str, dict[str, str]]


class Company:
    """A repository with the sample, and a realm with the roles of its APIs."""

    def __init__(self, place: Place, realm: Realm) -> None:
        self.place = place
        self.realm = realm
        for name in ("partners", "access-groups"):
            shutil.copytree(ROOT / name, place.folder / name)
        shutil.copy(ROOT / "catalog.yaml", place.folder)
        configuration = ROOT.joinpath("reconciler.yaml").read_text("utf-8")
        portal = _PORTAL.format(url=realm.url, realm=realm.name)
        configuration = configuration.replace("defaultPortal: local", "defaultPortal: keycloak")
        configuration = configuration.replace("  portals:\n", f"  portals:\n{portal}")
        place.folder.joinpath("reconciler.yaml").write_text(configuration, "utf-8")
        catalog = yaml.safe_load(ROOT.joinpath("catalog.yaml").read_text("utf-8"))
        self.apis = [api["name"] for api in catalog["spec"]["apis"]]
        for api in self.apis:
            realm.ask("POST", "/roles", {"name": api})
        realm.ask("PUT", "/events/config", {"adminEventsEnabled": True})

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace a text that a file has once."""
        path = self.place.folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), "utf-8")

    def apply(self, *options: str) -> None:
        """Apply the files."""
        ran = self.place.run("apply", "--auto-approve", *options)
        assert ran.code == 0, ran.out + ran.err

    def planned(self, *options: str) -> list[tuple[str, str]]:
        """Return the actions and ids of a plan."""
        ran = self.place.run("plan", "--format", "json", *options)
        assert ran.code in {0, 3}, ran.out + ran.err
        return [(change["action"], change["id"]) for change in json.loads(ran.out)["changes"]]

    def reported(self, *options: str) -> Access:
        """Return the levels of each person and API that `access` reports."""
        ran = self.place.run("access", "--format", "json", *options)
        assert ran.code == 0, ran.err
        found: Access = defaultdict(dict)
        for row in json.loads(ran.out)["rows"]:
            if found[row["person"]].get(row["api"]) != "consume":
                found[row["person"]][row["api"]] = row["level"]
        return dict(found)

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

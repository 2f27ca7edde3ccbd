"""The sample company in an organization of Apigee: our adapter and Google's client use the same double."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from typing import Any

from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document  # type: ignore[import-untyped]

from reconciler.portals.apigee.app_group import MEMBERS, OWNER
from tests.cli.running import Place
from tests.end_to_end.sample_company import Access, SampleCompany
from tests.forge.serving import served
from tests.servers.apigee import contract
from tests.servers.apigee.organization import Json
from tests.servers.apigee.server import TOKEN, ApigeeServer

FALLBACKS = {
    "until": "daily-run",
    "view": "omit",
    "blocked": "each-run",
    "delegated": "unmanaged",
    "developerGrants": "team-of-one",
    "invitations": "create",
}
Facts = dict[str, dict[str, Any]]


class Company(SampleCompany):
    """A repository with the sample, an organization with its API products, and Google's client."""

    def __init__(self, place: Place, server: ApigeeServer, url: str) -> None:
        settings = {
            "type": "apigee",
            "organization": "acme-apis",
            "url": url,
            "token": {"env": "PORTAL_TOKEN"},
            "fallbacks": FALLBACKS,
        }
        super().__init__(place, json.dumps(settings))
        self.server = server
        self.client = GoogleClient(url)
        for api in self.apis:
            self.client.call("apiproducts", "create", body={"name": api, "displayName": api})

    def findings(self, rule: str) -> list[str]:
        """Return the messages of one rule in a plan."""
        ran = self.place.run("plan", "--format", "json")
        return [each["message"] for each in json.loads(ran.out)["findings"] if each["rule"] == rule]

    def asked(self) -> Facts:
        """Return what the files ask for: all creations of the plan for an empty organization."""
        ran = self.place.run("plan", "--format", "json")
        assert ran.code in {0, 3}, ran.out + ran.err
        return {change["id"]: change["after"] for change in json.loads(ran.out)["changes"]}

    def reported(self, *options: str) -> Access:
        """Return the APIs of each person that `access` reports at level `consume`."""
        found: Access = defaultdict(dict)
        for person, levels in super().reported(*options).items():
            for api, level in levels.items():
                if level == "consume":
                    found[person][api] = level
        return dict(found)

    def callable(self) -> Access:
        """Return the APIs that each person can call with the keys of their teams, from Google's client."""
        found: Access = defaultdict(dict)
        for group in self.client.groups():
            apis = self.client.apis_of_keys(group["name"])
            for entry in members(group) if apis else ():
                found[entry["developer"]] |= dict.fromkeys(apis, "consume")
        return dict(found)

    def issue_keys(self) -> None:
        """Create an app for each AppGroup, as its members do, also for those that are created later."""
        organization = self.server.organization
        organization.self_service = lambda group: organization.create_app(group, {"name": "app"})
        for name in organization.groups:
            organization.self_service(name)


class GoogleClient:
    """Google's own client of the API, built from its discovery document."""

    def __init__(self, url: str) -> None:
        self._parent = "organizations/acme-apis"
        self._service = build_from_document(
            # The client changes the document.
            deepcopy(contract.document()),
            base=url,
            http=None,
            credentials=Credentials(TOKEN),  # type: ignore[no-untyped-call]
            client_options={"api_endpoint": url},
        )
        self._organizations = self._service.organizations()

    def close(self) -> None:
        """Close the connection."""
        self._service.close()

    def call(self, resource: str, method: str, parent: str = "", name: str = "", **options: Any) -> Json:
        """Call a method of a resource, such as `appgroups.apps`, about an AppGroup or the organization."""
        found: Any = self._organizations
        for each in resource.split("."):
            found = getattr(found, each)()
        place = {"name": f"{self._parent}/{name}"} if name else {"parent": self._place(parent)}
        result: Json = getattr(found, method)(**place, **options).execute()
        return result

    def groups(self) -> list[Json]:
        """Return all AppGroups, page by page."""
        found: list[Json] = []
        token = ""
        while True:
            page = self.call("appgroups", "list", pageSize=7, pageToken=token)
            found += page.get("appGroups", [])
            token = page.get("nextPageToken", "")
            if not token:
                return found

    def apis_of_keys(self, group: str) -> set[str]:
        """Return the API products that the keys of an AppGroup can call."""
        apps = self.call("appgroups.apps", "list", parent=group).get("appGroupApps", [])
        products = [each for app in apps for key in app["credentials"] for each in key["apiProducts"]]
        return {each["apiproduct"] for each in products if each["status"] == "approved"}

    def keys(self, group: str) -> list[str]:
        """Return the names of the keys of an AppGroup, below the organization."""
        apps = self.call("appgroups.apps", "list", parent=group).get("appGroupApps", [])
        return [
            f"appgroups/{group}/apps/{app['name']}/keys/{key['consumerKey']}"
            for app in apps
            for key in app["credentials"]
        ]

    def set_members(self, group: Json, entries: list[Json]) -> None:
        """Replace the members of an AppGroup that was read."""
        others = [each for each in group.get("attributes", []) if each["name"] != MEMBERS]
        attributes = [*others, {"name": MEMBERS, "value": json.dumps(entries)}]
        body = {**group, "attributes": attributes}
        self.call("appgroups", "update", name=f"appgroups/{group['name']}", body=body)

    def make(self, facts: Facts) -> None:
        """Make an estate with these teams, members and grants, as somebody did by hand."""
        for each, fields in sorted(facts.items(), key=lambda fact: not fact[0].startswith("team/")):
            kind, *names = each.split("/")
            if kind == "team":
                self.call("appgroups", "create", body={"name": ".".join(names), **fields})
            elif kind == "membership":
                partner, team, address = names
                group = self.call("appgroups", "get", name=f"appgroups/{partner}.{team}")
                roles = ["admin"] if fields["role"] == "admin" else []
                self.set_members(group, [*members(group), {"developer": address, "roles": roles}])
            else:
                api, _, partner, team = names
                [key] = self.keys(f"{partner}.{team}")
                self.call(
                    "appgroups.apps.keys", "updateAppGroupAppKey", name=key, body={"apiProducts": [api]}
                )

    def facts(self) -> dict[str, Any]:
        """Return what each AppGroup is: its name, members, and the APIs of its keys."""
        return {
            group["name"]: (group.get("displayName"), members(group), self.apis_of_keys(group["name"]))
            for group in self.groups()
        }

    def labels(self) -> set[str | None]:
        """Return the owner labels of all AppGroups."""
        found = [
            {each["name"]: each["value"] for each in group.get("attributes", [])} for group in self.groups()
        ]
        return {attributes.get(OWNER) for attributes in found}

    def _place(self, group: str) -> str:
        return f"{self._parent}/appgroups/{group}" if group else self._parent


def members(group: Json) -> list[Json]:
    """Return the entries of an AppGroup's members."""
    values = [each["value"] for each in group.get("attributes", []) if each["name"] == MEMBERS]
    return json.loads(values[0]) if values else []


@contextmanager
def company(place: Place) -> Iterator[Company]:
    """Serve an empty organization on loopback."""
    server = ApigeeServer()
    with served(server) as url:
        opened = Company(place, server, url)
        with closing(opened.client):
            yield opened

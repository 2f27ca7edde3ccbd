"""The SCIM API of a real Keycloak, which shows groups without members unless they are asked for."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from reconciler.http.asgi_types import Application
from reconciler.model.directory import Directory, Evidence, GroupAnswer
from tests.servers.keycloak import CLIENT, SECRET, KeycloakServer
from tests.sources.scim.opening import Place, ask_at

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]

NAME = "Acme Developers"


class Company:
    """A realm with the SCIM API, and its administrator."""

    def __init__(self, server: KeycloakServer) -> None:
        self.realm = server.new_realm(rights=("view-users",))
        self.url = self.realm.enable_scim()
        self.groups = {name: self._group(name) for name in (NAME, "Others")}

    def add(self, name: str, group: str = NAME) -> str:
        """Create a user in a group."""
        self.realm.ask("POST", "/users", {"username": name, "email": f"{name}@acme.example", "enabled": True})
        [user] = self.realm.ask("GET", f"/users?username={name}&exact=true")
        self.realm.ask("PUT", f"/users/{user['id']}/groups/{self.groups[group]}")
        return str(user["id"])

    def leave(self, user: str) -> None:
        self.realm.ask("DELETE", f"/users/{user}/groups/{self.groups[NAME]}")

    def change(self, user: str, **fields: Any) -> None:
        found = self.realm.ask("GET", f"/users/{user}")
        self.realm.ask("PUT", f"/users/{user}", {**found, **fields})

    def place(self, application: Application | None = None) -> Place:
        settings = {
            "tokenUrl": self.realm.token_url,
            "clientId": CLIENT,
            "clientSecret": {"env": "PORTAL_SCIM_SECRET"},
        }
        return Place(url=self.url, settings=settings, secret=SECRET, application=application)

    def read(self, application: Application | None = None) -> Mapping[str, GroupAnswer]:
        groups = list(self.groups)
        return ask_at(self.place(application), lambda directory: directory.read(groups, lambda *_: None))

    def evidence(self, *ids: str, application: Application | None = None) -> list[Evidence]:
        async def act(directory: Directory) -> list[Evidence]:
            await directory.read(list(self.groups), lambda *_: None)
            return list((await directory.confirm(NAME, ids)).values())

        return ask_at(self.place(application), act)

    def _group(self, name: str) -> str:
        self.realm.ask("POST", "/groups", {"name": name})
        return str({each["name"]: each["id"] for each in self.realm.ask("GET", "/groups")}[name])


class Naive:
    """Passes requests on without the attributes that they ask for.

    With `strict`, it also rejects filters on the groups of users.
    """

    def __init__(self, server: str, *, strict: bool) -> None:
        self._server = server
        self._strict = strict

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        query = {key: value for key, value in request.query_params.items() if key != "attributes"}
        if self._strict and "groups.value" in query.get("filter", ""):
            await JSONResponse({"scimType": "invalidFilter"}, 400)(scope, receive, send)
            return
        kept = ("authorization", "content-type", "accept")
        headers = {key: value for key, value in request.headers.items() if key in kept}
        async with httpx2.AsyncClient(base_url=self._server, trust_env=False, timeout=60) as client:
            found = await client.request(
                request.method, request.url.path, params=query, headers=headers, content=await request.body()
            )
        answer = Response(found.content, found.status_code, media_type=found.headers["Content-Type"])
        await answer(scope, receive, send)


def active(answer: GroupAnswer) -> set[str]:
    return {each.email for each in answer.people if each.active}


def test_the_life_of_people_in_a_group(keycloak: KeycloakServer) -> None:
    company = Company(keycloak)
    ana, ben = company.add("ana"), company.add("ben")
    other = company.add("other", "Others")

    answer = company.read()[NAME]
    assert (answer.completeness, answer.reason) == ("complete", "")
    assert {(each.id, each.email) for each in answer.people} == {
        (ana, "ana@acme.example"),
        (ben, "ben@acme.example"),
    }
    assert company.evidence(ana, other) == ["member", "left"]

    company.change(ana, email="ana@new.example")
    company.change(ben, enabled=False)
    assert active(company.read()[NAME]) == {"ana@new.example"}
    assert company.evidence(ana, ben) == ["member", "left"]

    company.realm.ask("DELETE", f"/users/{ben}")
    assert active(company.read()[NAME]) == {"ana@new.example"}
    assert company.evidence(ben) == ["left"]

    company.leave(ana)
    assert company.read()[NAME].completeness == "empty"
    assert company.evidence(ana) == ["left"]


def test_more_people_than_a_page_has(keycloak: KeycloakServer) -> None:
    company = Company(keycloak)
    people = {company.add(f"person{number}") for number in range(105)}

    answer = company.read()[NAME]

    assert answer.completeness == "complete"
    assert {each.id for each in answer.people} == people


def test_groups_without_members_remove_nobody(keycloak: KeycloakServer) -> None:
    company = Company(keycloak)
    ana = company.add("ana")
    company.add("other", "Others")
    headers = {"Authorization": f"Bearer {company.realm.token()}"}
    groups = httpx2.get(f"{company.url}/Groups", headers=headers, trust_env=False).json()["Resources"]
    assert [each.get("members") for each in groups] == [None, None]

    naive = Naive(keycloak.url, strict=True)
    answer = company.read(naive)[NAME]

    assert (answer.completeness, answer.people) == ("partial", ())
    assert company.evidence(ana, application=naive) == ["member"]


def test_people_of_groups_without_members_are_found_by_their_own_entries(keycloak: KeycloakServer) -> None:
    company = Company(keycloak)
    company.add("ana")
    company.add("other", "Others")

    answer = company.read(Naive(keycloak.url, strict=False))[NAME]

    assert (answer.completeness, active(answer)) == ("complete", {"ana@acme.example"})

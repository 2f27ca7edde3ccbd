"""A directory with SCIM, or a server in between, that wants other people in a team, or our token."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.errors import PortalError
from tests.servers.scim import BASE, TOKEN, ScimServer, ScimState
from tests.sources.scim.opening import confirm, emails, read

NAME = "Acme Developers"
LIST = b'{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], '
Change = Callable[[str, dict[str, Any]], dict[str, Any]]


def acme() -> ScimServer:
    state = ScimState()
    state.add_group(NAME, state.add_user("ana@acme.example"))
    return ScimServer(state)


def test_a_group_of_another_name_is_never_taken() -> None:
    server = acme()
    eve = server.state.add_user("eve@evil.example")
    server.state.add_group("Evil", eve)

    def of_another_tenant(path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path != "/Groups":
            return body
        evil = [each for each in server.state.groups.values() if each.display_name == "Evil"]
        return {**body, "totalResults": 1, "Resources": [each.model_dump() for each in evil]}

    server.change = of_another_tenant

    [answer] = read(server, NAME).values()

    assert (answer.completeness, answer.people) == ("absent", ())


def test_another_person_than_the_one_asked_for_is_never_taken() -> None:
    server = acme()
    eve = server.state.add_user("eve@evil.example")
    server.change = lambda path, body: {**body, "id": eve} if path.startswith("/Users/") else body

    [answer] = read(server, NAME).values()

    assert (answer.completeness, answer.people) == ("partial", ())
    assert "another entry instead of" in answer.reason


def test_addresses_in_answers_are_never_followed() -> None:
    server = acme()

    def linked(_path: str, body: dict[str, Any]) -> dict[str, Any]:
        for each in body.get("Resources", [body]):
            each["meta"] = {"location": "https://evil.example/Users/1"}
            for member in each.get("members", ()):
                member["$ref"] = "https://evil.example/scim/Users/1"
        return body

    server.change = linked
    hosts: set[str] = set()

    def seen(request: Request) -> None:
        hosts.add(request.url.hostname or "")

    server.before = seen

    assert emails(read(server, NAME)[NAME]) == ["ana@acme.example"]
    assert hosts == {"id.example.com"}


@pytest.mark.parametrize("user", ["../../admin", "..", ".", "a/b?x#y", "%2e%2e", "ä\u202e"])
def test_an_id_cannot_leave_its_place_in_the_path(user: str) -> None:
    server = acme()
    server.change = lambda path, body: (
        {**body, "Resources": [{**each, "members": [{"value": user}]} for each in body["Resources"]]}
        if path == "/Groups" and body["Resources"]
        else body
    )
    paths: list[str] = []

    def seen(request: Request) -> None:
        paths.append(request.scope["raw_path"].decode())

    server.before = seen

    [answer] = read(server, NAME).values()

    assert answer.completeness != "complete"
    assert all(each.startswith((f"{BASE}/Users", f"{BASE}/Groups", f"{BASE}/Serv")) for each in paths)
    assert not any("/../" in each or each.endswith(("/..", "/.")) for each in paths)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        LIST + b'"Resources": ' + b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"\xff\xfe",
        b'{"totalResults": 1e999}',
        b'{"schemas": 5, "Resources": [5]}',
        LIST + b'"totalResults": 1, "Resources": [5]}',
        b"null",
        b'"text"',
    ],
)
def test_a_body_that_is_no_list_of_groups_is_an_answer_that_is_not_believed(content: bytes) -> None:
    server = acme()
    server.before = lambda request: (
        Response(content, media_type="application/scim+json") if "/Groups" in request.url.path else None
    )

    [answer] = read(server, NAME).values()

    assert (answer.completeness, answer.people) == ("partial", ())
    assert len(answer.reason) < 1000


def test_the_token_is_sent_to_no_other_address() -> None:
    server = acme()
    server.before = lambda _: RedirectResponse("https://evil.example/scim/v2/Groups")

    with pytest.raises(PortalError, match=r"redirects to https://evil\.example"):
        read(server, NAME)


def test_the_token_is_in_no_answer() -> None:
    server = acme()
    server.change = lambda _path, body: (
        {**body, "userName": TOKEN, "emails": None} if "userName" in str(body) else body
    )

    [answer] = read(server, NAME).values()

    assert TOKEN not in repr(answer)


def test_the_token_is_in_no_reason() -> None:
    server = acme()
    server.before = lambda request: (
        Response(f'{{"detail": "{TOKEN}"}}', 400, media_type="application/scim+json")
        if "/Groups" in request.url.path
        else None
    )

    [answer] = read(server, NAME).values()

    assert answer.completeness == "partial"
    assert TOKEN not in answer.reason


def test_an_endless_list_ends() -> None:
    server = acme()
    server.filters = False
    numbers = iter(range(10**9))

    def endless(path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path != "/Groups":
            return body
        fresh = [{"id": f"g{next(numbers)}", "displayName": "x"} for _ in range(50)]
        return {**body, "totalResults": 10**6, "Resources": fresh}

    server.change = endless

    [answer] = read(server, NAME).values()

    assert answer.completeness == "partial"
    assert len(server.requests) < 20


def test_a_server_that_hides_every_user_proves_nothing_about_them() -> None:
    server = acme()
    [ana] = server.state.users
    server.state.users.clear()

    assert confirm(server, NAME, ana) == {ana: "unknown"}

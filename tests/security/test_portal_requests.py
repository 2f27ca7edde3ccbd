"""What requests to the embedded portal can be made to do by those who have no right to it, or too little."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.portal_server import RateLimit
from reconciler.portal_server.storage import tables
from tests.portal_server.driver import Portal

API = {"name": "tracking", "displayName": "Tracking", "owner": "logistics"}
JSON = (b"content-type", b"application/json")


class AskedError(Exception):
    """The body was asked for."""


def deliver(portal: Portal, messages: Iterator[dict[str, Any]], *headers: tuple[bytes, bytes]) -> list[Any]:
    """Send POST /apis over ASGI, and return what was sent back."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        for message in messages:
            return message
        raise AskedError

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/apis",
        "raw_path": b"/apis",
        "root_path": "",
        "query_string": b"",
        "headers": [JSON, *headers],
        "client": ("203.0.113.7", 1),
    }

    async def run() -> None:
        await portal.app(scope, receive, send)

    portal.runner.run(run())
    return sent


def bearer(token: str) -> tuple[bytes, bytes]:
    return (b"authorization", f"Bearer {token}".encode())


@pytest.mark.parametrize(("scope", "status"), [("none", 401), ("wrong", 401), ("read", 403), ("team", 403)])
def test_nobody_without_the_right_can_make_the_portal_read_a_body(
    sqlite_portal: Portal, scope: str, status: int
) -> None:
    headers = {
        "none": [],
        "wrong": [bearer("wrong")],
        "read": [bearer(sqlite_portal.token("read"))],
        "team": [bearer(sqlite_portal.token("team", sqlite_portal.team()))],
    }

    [start, _] = deliver(sqlite_portal, iter(()), *headers[scope])

    assert start["status"] == status


def test_nobody_without_a_token_can_hold_up_writers(sqlite_portal: Portal) -> None:
    with sqlite_portal.app.state.database.writing():
        assert sqlite_portal.delete("/partners/par_0", token="wrong").status_code == 401
        assert sqlite_portal.patch("/partners/par_0", {}, token=None).status_code == 401


def test_the_first_part_of_a_request_does_nothing_however_complete_it_looks(sqlite_portal: Portal) -> None:
    whole = b'{"name": "tracking", "displayName": "Tracking", "owner": "logistics"}'
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": whole, "more_body": True},
        {"type": "http.disconnect"},
    ]

    assert deliver(sqlite_portal, iter(messages), bearer(sqlite_portal.admin)) == []
    assert sqlite_portal.items("/apis") == []


def test_a_token_that_is_deleted_while_the_body_arrives_writes_nothing(sqlite_portal: Portal) -> None:
    made = sqlite_portal.made("/tokens", name="pipeline", scope="admin")
    other = Portal(sqlite_portal.database)

    def messages() -> Iterator[dict[str, Any]]:
        body = b'{"name": "tracking", "displayName": "Tracking", "owner": "logistics"}'
        with sqlite_portal.app.state.database.writing() as connection:
            connection.execute(tables.tokens.delete().where(tables.tokens.c.id == made["id"]))
        yield {"type": "http.request", "body": body}

    with other:
        [start, _] = deliver(sqlite_portal, messages(), bearer(made["token"]))
        assert (start["status"], other.items("/apis")) == (401, [])


@pytest.mark.parametrize(
    "twice",
    [
        [("Authorization", "Bearer wrong")],
        [("Content-Type", "text/plain"), ("Content-Type", "application/json")],
        [("Idempotency-Key", "one"), ("Idempotency-Key", "two")],
    ],
)
def test_no_header_can_say_one_thing_to_a_proxy_and_another_to_the_portal(
    sqlite_portal: Portal, twice: list[tuple[str, str]]
) -> None:
    own = ("Authorization", f"Bearer {sqlite_portal.admin}")
    refusal = sqlite_portal.runner.run(sqlite_portal.client.post("/apis", json=API, headers=[own, *twice]))

    assert (refusal.status_code, sqlite_portal.items("/apis")) == (400, [])


def test_conditions_in_several_header_lines_are_one_list(sqlite_portal: Portal) -> None:
    api = sqlite_portal.api()
    lines = [
        ("Authorization", f"Bearer {sqlite_portal.admin}"),
        ("If-Match", api["etag"]),
        ("If-Match", '"another"'),
    ]

    gone = sqlite_portal.runner.run(sqlite_portal.client.delete(f"/apis/{api['id']}", headers=lines))
    assert gone.status_code == 204


def test_nobody_without_a_token_can_use_up_the_health_check_or_what_others_may_ask(tmp_path: Path) -> None:
    with Portal(str(tmp_path / "portal.db"), rate_limit=RateLimit(requests=3)) as portal:
        flood = [portal.get("/me", token="wrong").status_code for _ in range(5)]

        assert flood == [401] * 3 + [429] * 2
        assert [portal.get("/health", token=None).status_code for _ in range(5)] == [200] * 5
        assert portal.get("/me").status_code == 200

"""The portal in a process of its own, which is killed in the middle of its work."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from reconciler.portal_server import issue_token
from tests.portal_server.driver import Portal

SERVER = """
import sys
from reconciler.portal_server import create_app, serve
serve(create_app(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True))
"""
BEHIND_A_PROXY = """
import sys
from reconciler.portal_server import ServerOptions, create_app, serve
options = ServerOptions(proxies=tuple(sys.argv[2:]), log_events=True)
serve(create_app(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True), options=options)
"""


def test_a_served_portal_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    database = str(tmp_path / "portal.db")
    with served(database) as (process, url):
        token = issue_token(database, name="t", scope="read")
        with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
            assert client.get("/me").json()["name"] == "t"
            assert client.get("/nothing").status_code == 404
            assert "server" not in client.get("/me").headers
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert list(tmp_path.iterdir()) == [tmp_path / "portal.db"]


@pytest.mark.parametrize(
    ("proxies", "client"),
    [((), "127.0.0.1"), (("192.0.2.1",), "127.0.0.1"), (("127.0.0.0/8",), "203.0.113.9")],
)
def test_only_a_trusted_proxy_says_who_the_client_is(
    tmp_path: Path, proxies: tuple[str, ...], client: str
) -> None:
    with served(str(tmp_path / "portal.db"), *proxies, program=BEHIND_A_PROXY) as (process, url):
        httpx2.get(f"{url}/partners", headers={"X-Forwarded-For": "203.0.113.9"})
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert process.stderr is not None
        event = json.loads(process.stderr.read())
    assert (event["event"], event["status"], event["client"]) == ("refused", 401, client)


def test_a_body_that_is_too_large_is_refused_over_http(tmp_path: Path) -> None:
    database = str(tmp_path / "portal.db")
    token = issue_token(database, name="t", scope="admin")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with served(database) as (_, url), httpx2.Client(base_url=url, headers=headers) as client:
        assert client.post("/apis", content=b" " * (16 * 1024 * 1024 + 1)).status_code == 413
        assert client.get("/me").status_code == 200


def test_no_answered_write_is_lost_when_the_portal_is_killed(tmp_path: Path) -> None:
    database = str(tmp_path / "portal.db")
    token = issue_token(database, name="the writer", scope="admin")
    with Portal(database) as portal:
        team = portal.team()

    answered: list[dict[str, Any]] = []
    asked: dict[str, dict[str, Any]] = {}
    for round_, enough in enumerate((1, 25, 70)):
        with served(database) as (process, url):
            asyncio.run(
                write_until_killed(process, url, token, Writes(team["id"], round_, enough, asked, answered))
            )

    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    with Portal(database) as portal:
        members = everything(portal, "/members")
        assert [made for made in answered if made not in members] == []
        assert audited(portal, "member") == {member["id"]: member for member in members}
        assert len(everything(portal, "/mailbox")) == len(members)

        # Who got no answer asks again with the same key, and nothing is done twice.
        for key, body in asked.items():
            again = portal.post("/members", body, headers={"Idempotency-Key": key}, token=token)
            assert again.status_code == 201
        assert sorted(member["email"] for member in everything(portal, "/members")) == sorted(
            body["email"] for body in asked.values()
        )
        assert len(everything(portal, "/mailbox")) == len(asked)


def test_a_served_portal_and_one_in_process_write_side_by_side(tmp_path: Path) -> None:
    database = str(tmp_path / "portal.db")
    token = issue_token(database, name="t", scope="admin")
    headers = {"Authorization": f"Bearer {token}"}
    with served(database) as (_, url), Portal(database) as portal:

        async def write(client: httpx2.AsyncClient, name: str) -> list[int]:
            bodies = [{"name": f"{name}{i}", "displayName": "A", "owner": "o"} for i in range(40)]
            return [(await client.post("/apis", json=body, headers=headers)).status_code for body in bodies]

        async def both() -> list[list[int]]:
            async with httpx2.AsyncClient(base_url=url) as remote:
                work = (
                    write(remote, "a"),
                    write(remote, "b"),
                    write(portal.client, "c"),
                    write(portal.client, "d"),
                )
                return list(await asyncio.gather(*work))

        assert portal.runner.run(both()) == [[201] * 40] * 4
        assert portal.get("/apis").json()["total"] == 160


@pytest.mark.parametrize("heavy", ["sqlalchemy", "starlette", "uvicorn", "msgspec", "asyncio"])
def test_importing_the_package_imports_nothing_heavy(heavy: str) -> None:
    program = f"import sys, reconciler.portal_server; sys.exit({heavy!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


class Writes:
    """What writers have asked for and been answered."""

    def __init__(
        self, team: str, round_: int, enough: int, asked: dict[str, Any], answered: list[dict[str, Any]]
    ) -> None:
        self.team = team
        self.enough = len(answered) + enough
        self.asked = asked
        self.answered = answered
        self.round = round_

    async def write(self, client: httpx2.AsyncClient, writer: int, process: subprocess.Popen[str]) -> None:
        """Invite one person after another until the portal is gone; kill it when enough were answered."""
        for i in range(1000):
            name = f"r{self.round}w{writer}n{i}"
            body = {"teamId": self.team, "email": f"{name}@acme.example", "role": "member"}
            self.asked[name] = body
            try:
                response = await client.post("/members", json=body, headers={"Idempotency-Key": name})
            except httpx2.TransportError:
                return
            assert response.status_code == 201
            self.answered.append(response.json())
            if len(self.answered) == self.enough:
                os.kill(process.pid, signal.SIGKILL)


async def write_until_killed(process: subprocess.Popen[str], url: str, token: str, writes: Writes) -> None:
    async with httpx2.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        await asyncio.gather(*(writes.write(client, writer, process) for writer in range(4)))


def everything(portal: Portal, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = portal.get(path, params={"limit": 1000, **cursor}).json()
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


def audited(portal: Portal, kind: str) -> dict[str, dict[str, Any]]:
    """What the audit says that the objects of a kind are."""
    state = {}
    for entry in everything(portal, "/audit"):
        if entry["kind"] == kind:
            state[entry["object"]] = entry["after"]
    return {key: after for key, after in state.items() if after is not None}


@contextmanager
def served(
    database: str, *arguments: str, program: str = SERVER
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", program, database, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()

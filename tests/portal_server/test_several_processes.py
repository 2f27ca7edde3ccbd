"""Two processes on one PostgreSQL database are one portal."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from reconciler.portal_server import clock, issue_token, reset
from reconciler.portal_server.identity import sign_in_links
from reconciler.portal_server.storage.database import open_database
from tests.portal_server.balanced import OPERATOR, URL, Process, balanced, client

pytestmark = [pytest.mark.real, pytest.mark.no_cover]

KEPT_CONNECTIONS = 20
SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Origin": URL}


@pytest.fixture(scope="module")
def database(postgresql: str) -> str:
    reset(postgresql)
    return postgresql


@pytest.fixture(scope="module")
def admin(database: str) -> str:
    return issue_token(database, name="the administrator", scope="admin")


@pytest.fixture(scope="module")
def processes(database: str) -> Iterator[list[Process]]:
    with balanced(database) as started:
        yield started


def test_an_idempotency_key_holds_for_both_even_at_the_same_time(
    processes: list[Process], admin: str
) -> None:
    async def post() -> list[httpx2.Response]:
        body = {"name": "tracking", "displayName": "Tracking", "owner": "logistics"}
        async with client(processes, admin) as portal:
            repeated = (portal.post("/apis", json=body, headers={"Idempotency-Key": "k1"}) for _ in range(20))
            answers = await asyncio.gather(*repeated)
            answers.append(await portal.post("/apis", json=body, headers={"Idempotency-Key": "k1"}))
            answers.append(await portal.get("/apis"))
            return answers

    *created, listed = asyncio.run(post())

    assert [each.status_code for each in created] == [201] * 21
    assert {each.text for each in created} == {created[0].text}
    assert listed.json()["items"] == [created[0].json()]


def test_a_lease_of_one_process_is_held_in_the_other(processes: list[Process], admin: str) -> None:
    async def take_turns() -> list[int]:
        lease = {"owner": "run 1", "seconds": 60}
        async with client(processes, admin) as portal:
            steps = [
                portal.put("/lease", json={"id": "one", **lease}),
                portal.put("/lease", json={"id": "two", **lease}),
                portal.delete("/lease", params={"id": "two"}),
                portal.put("/lease", json={"id": "one", **lease}),
                portal.delete("/lease", params={"id": "one"}),
                portal.get("/lease"),
            ]
            return [(await step).status_code for step in steps]

    assert asyncio.run(take_turns()) == [200, 409, 409, 200, 204, 404]


def test_the_rate_limit_counts_the_requests_to_both(database: str, admin: str) -> None:
    async def ask(processes: list[Process]) -> list[httpx2.Response]:
        async with client(processes, admin) as portal:
            answers = await asyncio.gather(*(portal.get("/me") for _ in range(30)))
            return sorted(answers, key=lambda answer: answer.status_code)

    with balanced(database, rate_limit=20) as limited:
        answers = asyncio.run(ask(limited))

    assert [each.status_code for each in answers] == [200] * 20 + [429] * 10
    left = sorted(int(each.headers["ratelimit-remaining"]) for each in answers[:20])
    assert left == list(range(20))


def test_a_teams_invitations_are_limited_in_both_together(processes: list[Process], admin: str) -> None:
    async def invite() -> tuple[list[int], int]:
        async with client(processes, admin) as portal:
            team = await made_team(portal, "acme")
            body = {"name": "its own", "scope": "team", "teamId": team}
            token = (await portal.post("/tokens", json=body)).json()["token"]
            async with client(processes, token) as own:
                answers = await asyncio.gather(*(add(own, team, f"p{i}@acme.example") for i in range(110)))
            listed = await portal.get("/members", params={"team": team, "limit": 1})
            return sorted(each.status_code for each in answers), listed.json()["total"]

    assert asyncio.run(invite()) == ([201] * 100 + [429] * 10, 100)


def test_a_link_signs_in_once_and_the_session_is_one_in_both_until_it_ends(
    processes: list[Process], database: str
) -> None:
    link = made_link(database)

    async def browse() -> tuple[list[int], list[tuple[int, str | None]]]:
        async with client(processes, headers=SAME_SITE) as browser:
            used = await asyncio.gather(*(browser.post(link) for _ in range(10)))
            answers = [await browser.get("/ui/"), await browser.get("/ui/")]
            session = dict(browser.cookies)
            token = re.search('name="csrf" value="([^"]+)"', answers[0].text)
            assert token is not None
            answers.append(await browser.post("/ui/sign-out", data={"csrf": token[1]}))
        async with client(processes, headers=SAME_SITE, cookies=session) as browser:
            answers += [await browser.get("/ui/"), await browser.get("/ui/")]
        return (
            sorted(each.status_code for each in used),
            [(each.status_code, each.headers.get("location")) for each in answers],
        )

    assert asyncio.run(browse()) == (
        [303] + [404] * 9,
        [
            (200, None),
            (200, None),
            (303, "/ui/sign-in"),
            (303, "/ui/sign-in"),
            (303, "/ui/sign-in"),
        ],
    )


def test_links_to_sign_in_are_limited_in_both_together(processes: list[Process]) -> None:
    async def ask() -> list[int]:
        async with client(processes, headers=SAME_SITE) as browser:
            forms = ({"email": f"p{i}@acme.example"} for i in range(34))
            answers = await asyncio.gather(*(browser.post("/ui/sign-in", data=form) for form in forms))
            return sorted(each.status_code for each in answers)

    assert asyncio.run(ask()) == [303] * 30 + [429] * 4


def test_killing_a_process_under_load_loses_nothing_that_was_answered(database: str, admin: str) -> None:
    with balanced(database) as processes:
        asked, answered, members = asyncio.run(write_and_kill(processes, admin))

    addresses = [member["email"] for member in members]
    assert [each for each in answered if each not in members] == []
    assert sorted(addresses) == sorted(asked)
    assert len(asked) == 400


def made_link(database: str) -> str:
    """Return the path of a link that signs the operator in."""
    opened = open_database(database)
    with opened.writing() as connection:
        path = sign_in_links.create(connection, clock.now(), OPERATOR)
    opened.close()
    return path


async def write_and_kill(
    processes: list[Process], token: str
) -> tuple[list[str], list[dict[str, Any]], list[dict[str, Any]]]:
    """Invite 400 people, and kill a process after 100; return whom, the answers, and the members."""
    answered: list[dict[str, Any]] = []
    asked = [f"w{writer}n{i}@globex.example" for writer in range(4) for i in range(100)]
    async with client(processes, token) as portal:
        team = await made_team(portal, "globex")

        async def write(addresses: list[str]) -> None:
            for address in addresses:
                answered.append(await repeated(portal, team, address))
                if len(answered) == 100:
                    processes[0].kill()

        await asyncio.gather(*(write(asked[start::4]) for start in range(4)))
        members = (await portal.get("/members", params={"team": team, "limit": 1000})).json()["items"]
    return asked, answered, members


async def repeated(portal: httpx2.AsyncClient, team: str, address: str) -> dict[str, Any]:
    """Invite a person; ask again with the same key after a connection that broke.

    Each connection to the process that ended breaks once: the four in use, and those kept for later.
    """
    broken: httpx2.TransportError | None = None
    for _ in range(KEPT_CONNECTIONS + 1):
        try:
            response = await add(portal, team, address, key=address)
        except httpx2.TransportError as error:
            broken = error
            continue
        assert response.status_code == 201, response.text
        return dict(response.json())
    raise AssertionError(f"no process answers for {address}") from broken


async def made_team(portal: httpx2.AsyncClient, name: str) -> str:
    partner = {"name": name, "displayName": "P", "type": "reseller", "owner": "sales"}
    created = (await portal.post("/partners", json=partner)).json()["id"]
    team = {"partnerId": created, "name": "team", "displayName": "Team"}
    return str((await portal.post("/teams", json=team)).json()["id"])


async def add(portal: httpx2.AsyncClient, team: str, address: str, *, key: str = "") -> httpx2.Response:
    body = {"teamId": team, "email": address, "role": "member"}
    return await portal.post("/members", json=body, headers={"Idempotency-Key": key} if key else {})

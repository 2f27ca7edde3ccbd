"""The lease: one holder at a time, and never for long."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.portal_server.driver import START, Portal

TAKEN = {"owner": "run 1", "acquiredAt": "2026-03-01T12:00:00Z", "expiresAt": "2026-03-01T12:01:00Z"}


def take(portal: Portal, name: str = "one", owner: str = "run 1", seconds: int = 60) -> httpx2.Response:
    return portal.send("PUT", "/lease", json={"id": name, "owner": owner, "seconds": seconds})


def release(portal: Portal, name: str) -> int:
    return portal.delete("/lease", params={"id": name}).status_code


def test_who_takes_the_lease_is_shown_without_their_secret(portal: Portal) -> None:
    taken = take(portal)

    assert (taken.status_code, taken.json(), portal.get("/lease").json()) == (200, TAKEN, TAKEN)


def test_nobody_else_gets_it_and_they_hear_who_has_it_for_how_long(portal: Portal) -> None:
    take(portal)
    portal.pass_time(seconds=20)

    refused = take(portal, "two", "run 2")

    assert (refused.status_code, refused.json()["detail"], refused.headers["Retry-After"]) == (
        409,
        "The lease is held by run 1 until 2026-03-01T12:01:00Z.",
        "40",
    )


def test_its_holder_renews_it(portal: Portal) -> None:
    take(portal)
    portal.pass_time(seconds=20)

    assert take(portal).json() == {**TAKEN, "expiresAt": "2026-03-01T12:01:20Z"}


def test_when_it_has_ended_others_take_it(portal: Portal) -> None:
    take(portal)
    portal.pass_time(seconds=60)

    assert (portal.get("/lease").status_code, take(portal, "two", "run 2").json()["owner"]) == (404, "run 2")


@given(begun=st.integers(0, 999_999), seconds=st.integers(1, 3600), later=st.integers(0, 3_602_000_000))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_law_it_lasts_as_long_as_was_asked_for_and_less_than_a_second_longer(
    sqlite_portal: Portal, begun: int, seconds: int, later: int
) -> None:
    sqlite_portal.clock = START + timedelta(microseconds=begun)
    take(sqlite_portal, seconds=seconds)
    sqlite_portal.pass_time(microseconds=later)

    held = sqlite_portal.get("/lease").status_code == 200
    release(sqlite_portal, "one")

    lasted = later / 1_000_000
    assert held is (True if lasted < seconds else False if lasted >= seconds + 1 else held)


def test_it_ends_at_the_next_whole_second(portal: Portal) -> None:
    portal.pass_time(milliseconds=1)

    assert take(portal).json() == {**TAKEN, "expiresAt": "2026-03-01T12:01:01Z"}


def test_only_its_holder_gives_it_back_and_twice_does_not_matter(portal: Portal) -> None:
    take(portal)

    assert [release(portal, name) for name in ("two", "one", "one")] == [409, 204, 204]
    assert portal.get("/lease").status_code == 404


def test_it_is_written_down_who_took_it_and_gave_it_back_but_not_each_renewal(portal: Portal) -> None:
    take(portal)
    take(portal)
    release(portal, "one")

    entries = [each for each in portal.items("/audit") if each["kind"] == "lease"]
    assert [(each["action"], (each["before"] or each["after"])["owner"]) for each in entries] == [
        ("create", "run 1"),
        ("delete", "run 1"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"id": "one", "owner": "x", "seconds": 0},
        {"id": "one", "owner": "x", "seconds": 3601},
        {"id": "", "owner": "x", "seconds": 1},
        {"id": "a b", "owner": "x", "seconds": 1},
        {"id": "one", "owner": "", "seconds": 1},
    ],
)
def test_what_makes_no_sense_is_refused(portal: Portal, body: dict[str, Any]) -> None:
    assert portal.send("PUT", "/lease", json=body).status_code == 422


def test_who_may_only_read_sees_it_and_does_not_take_it(portal: Portal) -> None:
    reader = portal.token("read")
    take(portal)

    assert (
        portal.get("/lease", token=reader).json(),
        portal.send("PUT", "/lease", json={"id": "x", "owner": "x", "seconds": 1}, token=reader).status_code,
        portal.delete("/lease", params={"id": "one"}, token=reader).status_code,
    ) == (TAKEN, 403, 403)


def test_of_many_at_once_one_gets_it(portal: Portal) -> None:
    answers: list[int] = []

    def one(number: int) -> None:
        async def ask() -> None:
            transport = httpx2.ASGITransport(portal.app)
            headers = {"Authorization": f"Bearer {portal.admin}"}
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://p", headers=headers
            ) as client:
                body = {"id": f"run-{number}", "owner": "x", "seconds": 60}
                answers.append((await client.put("/lease", json=body)).status_code)

        asyncio.run(ask())

    threads = [Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200, *[409] * 7]


def test_of_two_portals_on_one_database_one_gives_it(database: str) -> None:
    with Portal(database) as first, Portal(database) as second:
        for attempt in range(5):
            names = [f"{attempt}-a", f"{attempt}-b"]
            answers = at_the_same_time(partial(take, first, names[0]), partial(take, second, names[1]))
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            winner, loser = names if answers[0].status_code == 200 else reversed(names)
            assert [release(second, loser), release(first, winner)] == [409, 204]


def at_the_same_time(*acts: Callable[[], httpx2.Response]) -> list[httpx2.Response]:
    together = Barrier(len(acts))

    def act(one: Callable[[], httpx2.Response]) -> httpx2.Response:
        together.wait()
        return one()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.sampled_from("abc"), st.integers(1, 90)),
        st.tuples(st.just("release"), st.sampled_from("abc"), st.just(0)),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 60)),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_it_has_one_holder_at_a_time(portal: Portal, steps: list[tuple[str, str, int]]) -> None:
    portal.pass_time(days=1)
    now, holder, until = 0, "", 0
    for step, name, number in steps:
        held = holder if until > now else ""
        if step == "wait":
            portal.pass_time(seconds=number)
            now += number
        elif step == "take":
            free = held in {"", name}
            assert take(portal, name, name, number).status_code == (200 if free else 409)
            holder, until = (name, now + number) if free else (holder, until)
        else:
            assert release(portal, name) == (204 if held in {"", name} else 409)
            until = 0 if held == name else until

"""How many requests a portal takes, as docs/portals/konnect.md says."""

from collections.abc import Callable

import pytest

from reconciler.model.resource import Resource
from reconciler.portals.konnect.reader import PAGE_SIZE
from reconciler.testing.harness import SCOPE
from tests.portals.konnect.ground import KonnectUnderTest
from tests.portals.konnect.opening import read
from tests.portals.request_tables import cost, read_cost, table
from tests.servers.konnect import KonnectServer, KonnectState

OPS = Resource("team/acme/ops", {}, SCOPE)
ANA = Resource("membership/acme/ops/ana@acme.example", {})
OTHER = [Resource("team/acme/dev", {}, SCOPE), Resource("membership/acme/dev/ana@acme.example", {})]
VIEW = Resource("api-grant/rates/team/acme/ops", {"level": "view"})
CONSUME = Resource(VIEW.id, {"level": "consume"})


def change(before: list[Resource], after: list[Resource]) -> int:
    return cost(KonnectUnderTest(), before, after)


def read_teams(number: int) -> int:
    found = KonnectUnderTest()
    for each in range(number):
        found.server.state.add_team(f"acme.t{each}")
    return read_cost(found)


def read_a_thousand() -> int:
    state = KonnectState("tracking")
    people = [state.add_developer(f"p{number}@acme.example") for number in range(10_000)]
    for number in range(1000):
        team = state.add_team(f"acme.t{number}")
        state.assign(team, "API Viewer", state.api("tracking"))
        for person in people[number * 10 : number * 10 + 10]:
            state.add_member(team, person)
    snapshot, traffic = read(KonnectServer(state))
    assert (snapshot.problem, len(snapshot.resources)) == ("", 1000 + 10_000 + 1000)
    return traffic.requests


LONG = [pytest.mark.real, pytest.mark.no_cover]
THOUSAND = "1,000 teams of 10 members"
ROWS: dict[str, Callable[[], list[int]]] = {
    "read a portal": lambda: [read_teams(0)],
    "for each team": lambda: [read_teams(2) - read_teams(1)],
    # The double has three items on a page: the fourth team begins another one.
    "for each further page of a list": lambda: [read_teams(4) - read_teams(3) - 2, PAGE_SIZE],
    THOUSAND: lambda: [read_a_thousand()],
    "add or remove a member": lambda: [
        *{change([OPS, *OTHER], [OPS, *OTHER, ANA]), change([OPS, ANA], [OPS])},
        change([OPS], [OPS, ANA]),
    ],
    "grant an API, or remove a grant": lambda: [
        *{change([OPS], [OPS, VIEW]), change([OPS, VIEW], [OPS])},
        *{change([OPS, VIEW], [OPS, CONSUME]), change([OPS, CONSUME], [OPS, VIEW])},
    ],
    "create, rename or adopt a team": lambda: [change([], [OPS]), change([OPS], [])],
}


@pytest.mark.parametrize("row", [pytest.param(each, marks=LONG if each == THOUSAND else ()) for each in ROWS])
def test_the_page_states_how_many_requests_are_sent(row: str) -> None:
    assert table("konnect")[row] == ROWS[row]()


def test_each_row_of_the_page_is_counted() -> None:
    assert list(table("konnect")) == list(ROWS)


def test_a_plan_without_changes_sends_nothing() -> None:
    assert change([OPS, ANA, VIEW], [OPS, ANA, VIEW]) == 0

"""How many requests a site takes, as docs/portals/drupal.md says."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from reconciler.model.resource import Resource
from reconciler.portals.drupal import capabilities
from reconciler.portals.drupal.reader import PAGE_SIZE
from reconciler.testing.harness import SCOPE
from tests.portals.drupal.ground import DrupalUnderTest
from tests.portals.drupal.sites import (
    PASSWORD,
    WITH_DESCRIPTIONS,
    WITH_FIELDS,
    WITH_GROUPS,
    read,
    settings,
    site_with,
)
from tests.portals.drupal.test_reading import CLIENT
from tests.portals.request_tables import cost, read_cost, table
from tests.servers.drupal.server import Drupal

ACME = Resource("partner/acme", {}, SCOPE)
OPS = Resource("team/acme/ops", {}, SCOPE)
GOLD = Resource("access-group/gold", {}, SCOPE)
BEST = Resource("access-group/gold", {"description": "Best"}, SCOPE)
PEOPLE = [Resource(f"membership/acme/ops/p{number}@acme.example", {"role": "member"}) for number in range(10)]


def site(changes: Mapping[str, Any], accounts: int = 10) -> DrupalUnderTest:
    found = DrupalUnderTest(changes)
    found.site.page_size = PAGE_SIZE
    for number in range(accounts):
        found.site.add_user(f"p{number}", f"p{number}@acme.example")
    return found


def change(
    before: list[Resource],
    after: list[Resource],
    changes: Mapping[str, Any] = WITH_DESCRIPTIONS,
    accounts: int = 10,
) -> int:
    return cost(site(changes, accounts), before, after)


def lists() -> list[int]:
    """Return the requests beside lists, and those for each list: the profile has four lists, others six."""
    four, six = read_cost(site(WITH_DESCRIPTIONS, 0)), read_cost(site(WITH_FIELDS, 0))
    each = (six - four) // 2
    assert read_cost(site(WITH_GROUPS, 0)) == six
    return [four - 4 * each, each]


def read_teams(number: int) -> int:
    found = site(WITH_DESCRIPTIONS, accounts=0)
    for each in range(number):
        found.site.add("node--team", {"title": f"acme/t{each}"})
    return read_cost(found)


def read_thousand(changes: Mapping[str, Any]) -> int:
    found, teams = site_with(changes), 1_000
    for number in range(teams):
        people = [
            found.add_user(each, f"{each}@acme.example").id for each in (f"p{number}-{n}" for n in range(10))
        ]
        if changes is WITH_GROUPS:
            team = found.add("group--team", {"label": f"acme/t{number}"}).id
            for person in people:
                ends = {"gid": [team], "entity_id": [person]}
                found.add("group_relationship--team-group_membership", {}, ends)
        else:
            found.add("node--team", {"title": f"acme/t{number}"}, {"field_members": people})
    snapshot, traffic = read(Drupal(found), changes)
    assert (snapshot.problem, len(snapshot.resources)) == ("", teams * 11)
    return traffic.requests


def token() -> int:
    """Return how many more requests a read with a client sends."""
    found = site_with()
    found.clients["sync"] = (PASSWORD, found.user("reconciler@portal.example").id)
    with_client, with_password = Drupal(found), Drupal(found)
    read(with_client, **CLIENT)
    read(with_password)
    return len(with_client.requests) - len(with_password.requests)


LONG = [pytest.mark.real, pytest.mark.no_cover]
THOUSAND = "1,000 teams of 10 members"
BATCH = capabilities(settings(WITH_DESCRIPTIONS)).batch_size
ROWS: dict[str, Callable[[], list[int]]] = {
    "read a site": lists,
    "for each further page of a list": lambda: [read_teams(PAGE_SIZE + 1) - read_teams(PAGE_SIZE), PAGE_SIZE],
    THOUSAND: lambda: [
        fields := read_thousand(WITH_DESCRIPTIONS),
        read_thousand(WITH_GROUPS) - fields,
    ],
    "members of one team": lambda: [
        *{change([OPS], [OPS, *PEOPLE]), change([OPS, *PEOPLE], [OPS])},
        BATCH,
        change([OPS], [OPS, *PEOPLE], WITH_GROUPS) // len(PEOPLE),
    ],
    "create, change or delete an object": lambda: [
        *{change([], [GOLD]), change([GOLD], [BEST]), change([GOLD], [])},
        *{
            change([OPS], []) - 2,
            change([ACME], [], WITH_FIELDS) - 2,
            (change([OPS], [], WITH_GROUPS) - 2) // 2,
        },
    ],
    "a new account": lambda: [change([OPS], [OPS, PEOPLE[0]], accounts=0) - 2],
    "a token, with a client": lambda: [token()],
}


@pytest.mark.parametrize("row", [pytest.param(each, marks=LONG if each == THOUSAND else ()) for each in ROWS])
def test_the_page_states_how_many_requests_are_sent(row: str) -> None:
    assert table("drupal")[row] == ROWS[row]()


def test_each_row_of_the_page_is_counted() -> None:
    assert list(table("drupal")) == list(ROWS)


def test_a_plan_without_changes_sends_nothing() -> None:
    assert change([OPS, GOLD, *PEOPLE], [OPS, GOLD, *PEOPLE]) == 0

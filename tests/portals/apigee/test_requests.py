"""How many requests an organization takes, as docs/portals/apigee.md says."""

import json
from collections.abc import Callable

import pytest

from reconciler.model.resource import Resource
from reconciler.portals.apigee.app_group import MEMBERS
from reconciler.portals.apigee.reader import PAGE_SIZE
from reconciler.testing.harness import SCOPE
from tests.portals.apigee.ground import ApigeeUnderTest
from tests.portals.request_tables import cost, read_cost, table
from tests.servers.apigee.organization import Organization
from tests.servers.apigee.server import ApigeeServer

OPS = Resource("team/acme/ops", {}, SCOPE)
NAMED = Resource("team/acme/ops", {"displayName": "Operations"}, SCOPE)
PEOPLE = [Resource(f"membership/acme/ops/p{number}@acme.example", {"role": "member"}) for number in range(10)]
GRANTS = [Resource(f"api-grant/{api}/team/acme/ops", {}) for api in ApigeeUnderTest.apis]


def organization(keys: int = 0, *, approval: str = "auto") -> ApigeeUnderTest:
    """Return an organization with the accounts of ten people, where each team gets apps with a key."""
    found = ApigeeUnderTest(ApigeeServer(Organization()))
    for api in found.apis:
        found.organization.products[api]["approvalType"] = approval
    found.organization.developers |= {each.id.rpartition("/")[2]: {} for each in PEOPLE}

    def create_apps(group: str) -> None:
        for number in range(keys):
            found.organization.create_app(group, {"name": f"app{number}"})

    found.organization.self_service = create_apps
    return found


def change(before: list[Resource], after: list[Resource], keys: int = 0, approval: str = "auto") -> int:
    return cost(organization(keys, approval=approval), before, after)


def for_new_people() -> list[int]:
    """Return the requests for each developer, and those that come once."""
    counts = []
    for people in (PEOPLE[:1], PEOPLE):
        found = organization()
        found.organization.developers.clear()
        counts.append(cost(found, [OPS], [OPS, *people]) - 3)
    each = (counts[1] - counts[0]) // 9
    return [each, counts[0] - each]


def for_each_key(approval: str) -> int:
    """Return the requests for each API and key: two APIs on three keys take six times as many as none."""
    requests = change([OPS], [OPS, *GRANTS], 3, approval) - 4
    assert requests == 3 * (change([OPS], [OPS, *GRANTS], 1, approval) - 4)
    return requests // 6


def to_remove() -> list[int]:
    """Return the requests that come once with keys, those for each API and key, and those without keys."""
    none, two, six = (change([OPS, *GRANTS], [OPS], keys) for keys in (0, 1, 3))
    each = (six - two) // 4
    return [two - 2 * each, each, none]


def read_teams(number: int, members: int = 0) -> int:
    found = organization(keys=1)
    for team in range(number):
        people = [f"p{team}-{each}@acme.example" for each in range(members)]
        entries = json.dumps([{"developer": person, "roles": ["member"]} for person in people])
        attributes = [{"name": MEMBERS, "value": entries}]
        found.organization.create_group({"name": f"acme.t{team}", "attributes": attributes})
        found.organization.developers |= {person: {} for person in people}
    return read_cost(found)


ROWS: dict[str, Callable[[], list[int]]] = {
    "read an organization": lambda: [read_teams(0)],
    # Another page of AppGroups, and one of apps.
    "for each further page of a list": lambda: [(read_teams(PAGE_SIZE + 1) - read_teams(1)) // 2, PAGE_SIZE],
    "1,000 teams of 10 members": lambda: [read_teams(1_000, members=10)],
    "create a team": lambda: [change([], [OPS]), *{change([OPS], [NAMED]), change([OPS], [])}],
    "write any number of members of a team": lambda: [
        *{change([OPS], [OPS, *PEOPLE]), change([OPS, *PEOPLE], [OPS]), change([OPS], [OPS, PEOPLE[0]])}
    ],
    "for new developers": for_new_people,
    "grant any number of APIs to a team": lambda: [
        *{change([OPS], [OPS, *GRANTS]), change([OPS], [OPS, GRANTS[0]])}
    ],
    "for each of these APIs and each key": lambda: [for_each_key("auto"), for_each_key("manual")],
    "remove any number of grants of a team": to_remove,
}


@pytest.mark.parametrize("row", ROWS)
def test_the_page_states_how_many_requests_are_sent(row: str) -> None:
    assert table("apigee")[row] == ROWS[row]()


def test_each_row_of_the_page_is_counted() -> None:
    assert list(table("apigee")) == list(ROWS)


def test_a_plan_without_changes_sends_nothing() -> None:
    assert change([OPS, *PEOPLE, *GRANTS], [OPS, *PEOPLE, *GRANTS], keys=1) == 0

"""How many requests an organization takes."""

import json
from collections import Counter

from reconciler.model.portal import Portal
from reconciler.portals.apigee.app_group import MEMBERS
from reconciler.testing.harness import ALL, quiet
from tests.portals.apigee.organizations import within
from tests.servers.apigee.server import ApigeeServer

TEAMS = 1_000
MEMBERS_EACH = 10


def test_a_thousand_teams_of_ten_members_are_read_in_pages() -> None:
    server = ApigeeServer()
    organization = server.organization
    organization.create_product({"name": "rates"})
    for team in range(TEAMS):
        people = [f"p{team}-{number}@acme.example" for number in range(MEMBERS_EACH)]
        entries = json.dumps([{"developer": person, "roles": ["member"]} for person in people])
        organization.create_group(
            {"name": f"acme.t{team}", "attributes": [{"name": MEMBERS, "value": entries}]}
        )
        organization.create_app(f"acme.t{team}", {"name": "app", "apiProducts": ["rates"]})
        organization.developers |= {person: {} for person in people}

    async def count(portal: Portal) -> tuple[int, int]:
        found = await portal.read(ALL, quiet)
        return len(found.resources), portal.traffic.requests

    assert within(server, count) == (TEAMS * (1 + MEMBERS_EACH + 1), 15)
    assert Counter(server.requests)["GET developers.list"] == 11

"""A portal, or the admin of a team, hands us names and addresses that nobody foresaw."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from reconciler.access import impact
from reconciler.diff import diff
from reconciler.model.graph.delta import Delta
from reconciler.model.plan import Plan, read_plan, with_digests
from reconciler.model.resource import Desired, Live
from reconciler.portals.embedded.id_map import Directory
from reconciler.portals.embedded.mapping import mapped, offered_apis
from reconciler.portals.embedded.schemas import KINDS
from reconciler.render import html, json_format, markdown, text
from tests.states import TODAY

SCOPE = "our-company"
NOBODY: frozenset[str] = frozenset()
# Ended: everything that is live has to go.
NOTHING = Desired(SCOPE, TODAY, {}, {}, {}, {}, NOBODY, NOBODY, NOBODY)
TEXTS = st.text() | st.text("%/25F0\x00\n|`<", max_size=6)


def stored(kind: str, *items: dict[str, Any]) -> list[Any]:
    """Return objects as they are read from a page of the portal's answer."""
    tagged = [{"etag": '"1"', **each} for each in items]
    page = {"items": tagged, "total": len(tagged), "next": None}
    found: list[Any] = KINDS[kind].page.decode(msgspec.json.encode(page)).items
    return found


def held(texts: list[str]) -> dict[str, list[Any]]:
    """Return one of each kind of object, which have these texts as names, addresses and titles."""
    partner, team, person, developer, product, group, api, title = texts
    ours = {"managedBy": SCOPE, "displayName": title, "owner": title}
    described = {**ours, "description": title}
    member = {"id": "m", "teamId": "t", "email": person, "role": "member", "until": None, "state": "active"}
    blocked = {"domains": [title], "blocked": [person, developer], "agreement": title}
    to_team = {"id": "g1", "groupId": "g", "teamId": "t", "email": None}
    to_person = {"id": "g2", "groupId": "g", "teamId": None, "email": developer}
    level = {"level": "view", "until": None, "reason": title}
    return {
        "partner": stored(
            "partner",
            {**ours, "id": "p", "name": partner, "type": "reseller", "status": "active", **blocked},
        ),
        "team": stored("team", {**ours, "id": "t", "partnerId": "p", "name": team, "delegated": True}),
        "membership": stored("membership", {**member, "invitedAt": None}),
        "api-product": stored(
            "api-product", {**described, "id": "pr", "name": product, "visibility": "public"}
        ),
        "product-item": stored("product-item", {"id": "pi", "productId": "pr", "apiId": "a"}),
        "access-group": stored("access-group", {**described, "id": "g", "name": group}),
        "access-item": stored(
            "access-item",
            {"id": "ai", "groupId": "g", "apiId": "a", "productId": None},
            {"id": "ap", "groupId": "g", "apiId": None, "productId": "pr"},
        ),
        "grant": stored("grant", {**to_team, **level}, {**to_person, **level}),
        "api": stored("api", {**ours, "id": "a", "name": api, "visibility": "public"}),
    }


@given(texts=st.lists(TEXTS, min_size=8, max_size=8))
def test_a_portal_cannot_return_a_name_that_cannot_be_planned_saved_read_and_removed(
    texts: list[str],
) -> None:
    lists = held(texts)
    live = Live("portal-1", mapped(lists)[0], offered_apis(lists["api"]))
    changes = diff(NOTHING, live).changes
    made = with_digests(
        Plan(
            reconciler="1.0.0",
            portal="local",
            portal_id=live.portal_id,
            scope=SCOPE,
            created=f"{TODAY}T12:00:00Z",
            today=TODAY,
            changes=changes,
            access=impact(Delta(live.resources, changes), TODAY),
        )
    )

    found = read_plan(json_format.plan(made).encode())

    assert found == made
    directory = Directory(lists)
    assert sorted(directory.find(each.id).id for each in found.changes) == sorted(
        each.id for kind, several in lists.items() if kind != "api" for each in several
    )
    shown = (text.plan(found, color=False), markdown.plan(found), html.plan(found))
    assert all(shown)

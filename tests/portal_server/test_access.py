"""What a person reaches, against a second computation that only reads the portal's lists."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from reconciler.portal_server import issue_token, reset
from tests.laws import examples
from tests.portal_server.driver import START, Portal

# One address looks like another to a careless pattern.
PEOPLE = (
    "a_b@acme.example",
    "axb@acme.example",
    "a%b@acme.example",
    "b@acme.example",
    "B\u00f6@acme.example",
)
TODAY = START.date()

days = st.none() | st.integers(-2, 9).map(lambda days: (TODAY + timedelta(days=days)).isoformat())
some_people = st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2)
indexes = st.integers(0, 3)
worlds = st.fixed_dictionaries(
    {
        "partners": st.lists(
            st.fixed_dictionaries(
                {"status": st.sampled_from(["active", "suspended"]), "blocked": some_people}
            ),
            min_size=1,
            max_size=3,
        ),
        "teams": st.lists(indexes, min_size=1, max_size=4),
        "accounts": some_people,
        "members": st.lists(
            st.tuples(indexes, st.sampled_from(PEOPLE), days, st.sampled_from(["accept", "decline", "wait"])),
            max_size=8,
            unique_by=lambda member: (member[0], member[1]),
        ),
        "product_items": st.sets(st.tuples(indexes, indexes), max_size=5),
        "access_items": st.sets(st.tuples(indexes, st.sampled_from(["api", "product"]), indexes), max_size=6),
        "grants": st.lists(
            st.tuples(indexes, indexes | st.sampled_from(PEOPLE), st.sampled_from(["view", "consume"]), days),
            max_size=8,
        ),
        "passed": st.sampled_from([0, 6, 7]),
    }
)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(20, HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
@given(world=worlds, ahead=st.integers(-1, 9))
def test_access_is_what_the_lists_say(portal: Portal, world: dict[str, Any], ahead: int) -> None:
    reset(portal.database)
    portal.clock = START
    portal.admin = issue_token(portal.database, name="again", scope="admin")
    build(portal, world)
    on = (TODAY + timedelta(days=ahead)).isoformat()

    of_teams = {team["id"]: through_team(portal, team["id"], on) for team in portal.items("/teams")}
    for email in PEOPLE:
        whole = reached(portal, email.lower(), on)
        assert portal.reaches(email, on) == whole, email
        paths = portal.get(f"/people/{email}/paths", params={"on": on}).json()["paths"]
        assert highest((path["api"], path["level"]) for path in paths) == whole, email
        for team_id, of_team in of_teams.items():
            params = {"on": on, "team": team_id}
            some = portal.get(f"/people/{email}/paths", params=params).json()["paths"]
            assert some == [path for path in paths if path["teamId"] == team_id], email
            assert highest((path["api"], path["level"]) for path in some) in ({}, of_team), email


def test_a_last_day_is_inclusive_for_members_and_grants(portal: Portal) -> None:
    team, group, api = portal.team(), portal.group(), portal.api()
    portal.made("/access-items", groupId=group["id"], apiId=api["id"])
    portal.made("/grants", groupId=group["id"], teamId=team["id"], level="view", until="2026-03-05")
    portal.member(team, "ana@acme.example", until="2026-03-04")
    portal.made("/grants", groupId=group["id"], email="bo@acme.example", until="2026-03-04")

    assert portal.reaches("ana@acme.example", "2026-03-04") == {api["name"]: "view"}
    assert portal.reaches("ana@acme.example", "2026-03-05") == {}
    assert portal.reaches("bo@acme.example", "2026-03-04") == {api["name"]: "consume"}
    assert portal.reaches("bo@acme.example", "2026-03-05") == {}


def test_today_is_the_portals_own(portal: Portal) -> None:
    group, api = portal.group(), portal.api()
    portal.made("/access-items", groupId=group["id"], apiId=api["id"])
    portal.made("/grants", groupId=group["id"], email="ana@acme.example", until=TODAY.isoformat())

    portal.pass_time(hours=11, minutes=59)
    assert portal.reaches("ana@acme.example") == {api["name"]: "consume"}
    portal.pass_time(minutes=1)
    answer = portal.get("/people/ANA@acme.example/access").json()
    assert answer == {"email": "ana@acme.example", "on": "2026-03-02", "access": []}


def test_an_invitation_counts_until_it_expires_or_is_declined(portal: Portal) -> None:
    team, group, api = portal.team(), portal.group(), portal.api()
    portal.made("/access-items", groupId=group["id"], apiId=api["id"])
    portal.made("/grants", groupId=group["id"], teamId=team["id"])
    for email in ("ana@acme.example", "bo@acme.example", "cy@acme.example"):
        portal.member(team, email)
    portal.answer(portal.codes("bo@acme.example")[0], "accept")
    portal.answer(portal.codes("cy@acme.example")[0], "decline")
    whole = {api["name"]: "consume"}

    def reached_now() -> list[dict[str, str]]:
        return [portal.reaches(f"{who}@acme.example") for who in ("ana", "bo", "cy")]

    assert reached_now() == [whole, whole, {}]
    portal.pass_time(days=7, seconds=-1)
    assert reached_now() == [whole, whole, {}]
    portal.pass_time(seconds=1)
    assert reached_now() == [{}, whole, {}]


def test_suspending_and_blocking_shut_out_at_once_but_for_grants_to_the_person(portal: Portal) -> None:
    partner = portal.partner()
    team, group, own = portal.team(partner), portal.group(), portal.group()
    first, second = portal.api(), portal.api()
    portal.made("/access-items", groupId=group["id"], apiId=first["id"])
    portal.made("/access-items", groupId=own["id"], apiId=second["id"])
    portal.member(team, "ana@acme.example")
    portal.made("/grants", groupId=group["id"], teamId=team["id"])
    portal.made("/grants", groupId=own["id"], email="ana@acme.example", level="view")
    path = f"/partners/{partner['id']}"
    whole = {first["name"]: "consume", second["name"]: "view"}

    assert portal.reaches("ana@acme.example") == whole
    for shut, opened in (
        ({"status": "suspended"}, {"status": "active"}),
        ({"blocked": ["ana@acme.example"]}, {"blocked": []}),
    ):
        portal.patch(path, shut)
        assert portal.reaches("ana@acme.example") == {second["name"]: "view"}
        portal.patch(path, opened)
        assert portal.reaches("ana@acme.example") == whole


@pytest.mark.parametrize("visibility", ["public", "organization"])
def test_visibility_adds_nothing(portal: Portal, visibility: str) -> None:
    portal.api(visibility=visibility)
    assert portal.reaches("ana@acme.example") == {}


def build(portal: Portal, world: dict[str, Any]) -> None:
    """Make the world through the API; indexes wrap around, pairs that exist are passed over."""
    partners = [portal.partner(**fields) for fields in world["partners"]]
    teams = [portal.team(partners[i % len(partners)]) for i in world["teams"]]
    apis, products, groups = (
        [make() for _ in range(4)] for make in (portal.api, portal.product, portal.group)
    )
    for email in world["accounts"]:
        portal.made("/people", email=email)
    for product, api in world["product_items"]:
        portal.made("/product-items", productId=products[product]["id"], apiId=apis[api]["id"])
    for group, sort, i in world["access_items"]:
        target = {"apiId": apis[i]["id"]} if sort == "api" else {"productId": products[i]["id"]}
        portal.made("/access-items", groupId=groups[group]["id"], **target)
    for group, receiver, level, until in world["grants"]:
        to = (
            {"email": receiver}
            if isinstance(receiver, str)
            else {"teamId": teams[receiver % len(teams)]["id"]}
        )
        portal.post("/grants", {"groupId": groups[group]["id"], "level": level, "until": until, **to})
    for team, email, until, reply in world["members"]:
        take_in(portal, {"teamId": teams[team % len(teams)]["id"], "email": email, "until": until}, reply)
    portal.pass_time(days=world["passed"])


def take_in(portal: Portal, fields: dict[str, Any], reply: str) -> None:
    joined = portal.post("/members", {**fields, "role": "member"})
    if joined.status_code == 201 and joined.json()["state"] == "invited" and reply != "wait":
        portal.answer(portal.codes(fields["email"])[-1], reply)


def reached(portal: Portal, email: str, on: str) -> dict[str, str]:
    """The same by brute force, over everything that the portal lists."""
    lists = ("partners", "teams", "members", "grants", "access-items", "product-items", "apis")
    listed = {path: portal.items(f"/{path}", params={"limit": 1000}) for path in lists}
    partners, teams = by_id(listed["partners"]), by_id(listed["teams"])

    def through(member: dict[str, Any]) -> bool:
        partner = partners[teams[member["teamId"]]["partnerId"]]
        return (
            member["email"] == email
            and member["state"] in {"active", "invited"}
            and lasts(member, on)
            and partner["status"] == "active"
            and email not in partner["blocked"]
        )

    own = {member["teamId"] for member in listed["members"] if through(member)}
    names = {api["id"]: api["name"] for api in listed["apis"]}
    levels: dict[str, str] = {}
    for grant in listed["grants"]:
        if lasts(grant, on) and (grant["email"] == email or grant["teamId"] in own):
            for api in bundled(grant["groupId"], listed):
                name = names[api]
                levels[name] = "consume" if "consume" in {grant["level"], levels.get(name)} else "view"
    return dict(sorted(levels.items()))


def through_team(portal: Portal, team_id: str, on: str) -> dict[str, str]:
    access = portal.get(f"/teams/{team_id}/access", params={"on": on}).json()["access"]
    return highest((path["api"], path["level"]) for path in access)


def highest(paths: Iterable[tuple[str, str]]) -> dict[str, str]:
    levels: dict[str, str] = {}
    for api, level in paths:
        levels[api] = "consume" if "consume" in {level, levels.get(api)} else "view"
    return dict(sorted(levels.items()))


def bundled(group: str, listed: dict[str, list[dict[str, Any]]]) -> Iterable[str]:
    for item in listed["access-items"]:
        if item["groupId"] != group:
            continue
        if item["apiId"]:
            yield item["apiId"]
        else:
            products = listed["product-items"]
            yield from (each["apiId"] for each in products if each["productId"] == item["productId"])


def lasts(edge: dict[str, Any], on: str) -> bool:
    return edge["until"] is None or date.fromisoformat(edge["until"]) >= date.fromisoformat(on)


def by_id(objects: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in objects}

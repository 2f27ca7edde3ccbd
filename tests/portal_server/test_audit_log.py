"""Reading the audit log: filters, order, what a team knows, and the source of a change."""

from typing import Any

import pytest

from reconciler.portal_server import issue_token
from tests.portal_server.driver import Portal

REFUSED = (
    "The header Change-Source must be a dictionary of strings and tokens (RFC 8941) "
    "with at most 512 characters."
)
SOURCE = 'commit="9f31c0e", file="partners/acme.yaml:12", plan="sha256:ab"'


def shown(portal: Portal, **params: Any) -> list[tuple[str, str]]:
    items = portal.items("/audit", params={"limit": 1000, **params})
    return [(entry["action"], entry["kind"]) for entry in items if entry["through"] != "operator"]


def since_start(portal: Portal, **params: Any) -> list[str]:
    """The entries but that of the administrator's token, which is issued at the machine's own time."""
    items = portal.items("/audit", params={"limit": 1000, **params})
    return [entry["id"] for entry in items if entry["through"] != "operator"]


def named(portal: Portal, email: str, partner: str, team: str) -> dict[str, Any]:
    made = portal.made("/partners", name=partner, type="reseller", displayName=partner, owner="sales")
    team_made = portal.made("/teams", partnerId=made["id"], name=team, displayName=team)
    portal.member(team_made, email)
    return team_made


def test_filters_narrow_the_log_and_its_total(portal: Portal) -> None:
    acme = named(portal, "ana@acme.example", "acme", "integration")
    portal.pass_time(days=1)
    portal.answer(portal.codes("ana@acme.example")[0], "accept")
    portal.pass_time(days=1)
    own = portal.token("team", acme)
    portal.post("/members", {"teamId": acme["id"], "email": "bo@acme.example", "role": "member"}, token=own)

    everything = [
        ("create", "partner"),
        ("create", "team"),
        ("invite", "member"),
        ("accept", "member"),
        ("create", "person"),
        ("create", "token"),
        ("invite", "member"),
    ]
    assert shown(portal) == everything
    assert shown(portal, order="desc") == everything[::-1]
    assert shown(portal, team=acme["id"]) == [everything[index] for index in (1, 2, 3, 5, 6)]
    assert shown(portal, kind="member", action="invite") == [everything[2], everything[6]]
    assert shown(portal, through="invitation") == everything[3:5]
    assert shown(portal, since="2026-03-02", until="2026-03-02") == everything[3:5]
    assert shown(portal, until="2026-03-01") == everything[:3]
    assert shown(portal, since="2026-03-03") == everything[5:]
    assert portal.get("/audit", params={"kind": "member", "limit": 1}).json()["total"] == 3
    assert shown(portal, person="ana@acme.example") == []


def test_pages_of_the_newest_entries_meet_without_gap_or_repetition(portal: Portal) -> None:
    for _ in range(3):
        portal.api()
    portal.pass_time(seconds=1)
    portal.api()
    whole = [entry["id"] for entry in portal.items("/audit", params={"order": "desc"})]
    assert since_start(portal, order="desc") == since_start(portal)[::-1]

    found, cursor = [], None
    while True:
        params = {"order": "desc", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = portal.get("/audit", params=params).json()
        found += [entry["id"] for entry in page["items"]]
        assert page["total"] == len(whole)
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole


@pytest.mark.parametrize(
    "params",
    [
        {"person": "nobody"},
        {"person": "ana@-.example"},
        {"since": "01.03.2026"},
        {"action": "look"},
        {"through": "door"},
        {"order": "up"},
        {"unknown": "x"},
    ],
)
def test_a_wrong_filter_is_named(sqlite_portal: Portal, params: dict[str, str]) -> None:
    (name,) = params
    answer = sqlite_portal.get("/audit", params=params)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"?{name}")


def test_a_team_sees_what_happened_in_it_and_of_operators_only_that_they_did_it(portal: Portal) -> None:
    acme = named(portal, "ana@acme.example", "acme", "integration")
    globex = named(portal, "gus@globex.example", "globex", "ops")
    portal.answer(portal.codes("ana@acme.example")[0], "accept")
    group = portal.group()
    portal.made("/grants", groupId=group["id"], teamId=acme["id"], reason="a secret pilot")
    own, other = portal.token("team", acme), portal.token("team", globex)
    own_id = portal.get("/me", token=own).json()["id"]
    portal.post("/members", {"teamId": acme["id"], "email": "bo@acme.example", "role": "member"}, token=own)

    entries = portal.items("/audit", token=own)
    assert [
        (entry["action"], entry["kind"], entry["through"], entry["token"], entry["tokenId"])
        for entry in entries
    ] == [
        ("create", "team", "operator", None, None),
        ("invite", "member", "operator", None, None),
        ("accept", "member", "invitation", None, None),
        ("create", "grant", "operator", None, None),
        ("create", "token", "operator", None, None),
        ("invite", "member", "token", "a team token", own_id),
    ]
    assert {entry["teamId"] for entry in entries} == {acme["id"]}
    assert entries[3]["after"] == {
        "id": entries[3]["object"],
        "groupId": group["id"],
        "teamId": acme["id"],
        "email": None,
        "level": "consume",
        "until": None,
        "etag": entries[3]["after"]["etag"],
    }
    assert shown_to(portal, own, through="token") == [("invite", "member")]
    assert shown_to(portal, own, through="operator", kind="member") == [("invite", "member")]
    assert shown_to(portal, own, team=globex["id"]) == []
    assert shown_to(portal, other, kind="member") == [("invite", "member")]


def test_a_team_does_not_see_the_values_of_kinds_that_are_not_its_own(sqlite_portal: Portal) -> None:
    team = sqlite_portal.team()
    token = sqlite_portal.token("team", team)
    with sqlite_portal.app.state.database.writing() as connection:
        connection.exec_driver_sql("UPDATE audit SET kind = 'view' WHERE kind = 'team'")

    first = sqlite_portal.items("/audit", token=token)[0]
    assert (first["kind"], first["before"], first["after"]) == ("view", None, None)


def test_the_log_is_not_for_readers(sqlite_portal: Portal) -> None:
    answers = [
        sqlite_portal.get("/audit", token=token).status_code
        for token in (
            None,
            sqlite_portal.token("read"),
            sqlite_portal.token("team", sqlite_portal.team()),
            issue_token(sqlite_portal.database, name="x", scope="admin"),
        )
    ]
    assert answers == [401, 403, 200, 200]


def test_the_source_of_a_change_is_kept_and_hidden_from_teams(portal: Portal) -> None:
    team = portal.team()
    body = {"displayName": "Integration"}
    path = f"/teams/{team['id']}"

    assert portal.patch(path, body, headers={"Change-Source": SOURCE}).status_code == 200
    assert [entry["source"] for entry in portal.items("/audit", params={"object": team["id"]})] == [
        None,
        SOURCE,
    ]
    own = portal.token("team", team)
    assert [entry["source"] for entry in portal.items("/audit", token=own)] == [None, None, None]


@pytest.mark.parametrize(
    "source",
    [
        "commit",
        'Commit="a"',
        'commit="a";x=1',
        'commit="a',
        'commit="ä"'.encode(),
        'commit="a\\b"',
        "commit=9f31",
        'commit="a",',
        'commit="' + "a" * 504 + '"',
    ],
)
def test_a_source_that_is_no_dictionary_is_refused_before_anything_is_done(
    sqlite_portal: Portal, source: str | bytes
) -> None:
    before = sqlite_portal.get("/audit").json()["total"]
    body = {"name": "acme", "type": "reseller", "displayName": "A", "owner": "o"}
    answer = sqlite_portal.post("/partners", body, headers={"Change-Source": source})

    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        REFUSED,
    )
    assert sqlite_portal.get("/audit").json()["total"] == before


@pytest.mark.parametrize("source", ["run=a/b:1", 'a="\\"\\\\",b=c', 'commit="' + "a" * 503 + '"'])
def test_any_dictionary_of_strings_and_tokens_is_a_source(sqlite_portal: Portal, source: str) -> None:
    body = {"name": "acme", "type": "reseller", "displayName": "A", "owner": "o"}
    made = sqlite_portal.post("/partners", body, headers={"Change-Source": source})

    assert made.status_code == 201
    assert sqlite_portal.items("/audit", params={"object": made.json()["id"]})[0]["source"] == source


def shown_to(portal: Portal, token: str, **params: Any) -> list[tuple[str, str]]:
    return [(entry["action"], entry["kind"]) for entry in portal.items("/audit", token=token, params=params)]

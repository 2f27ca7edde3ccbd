from typing import Any

from tests.portal_server.driver import Portal

LISTS = (
    "/partners",
    "/teams",
    "/members",
    "/products",
    "/product-items",
    "/access-groups",
    "/access-items",
    "/grants",
    "/apis",
    "/people",
    "/tokens",
    "/mailbox",
    "/audit",
)
LEASE: dict[str, dict[str, Any]] = {
    "GET": {},
    "PUT": {"json": {"id": "one", "owner": "run 1", "seconds": 60}},
    "DELETE": {"params": {"id": "one"}},
}
OF_A_TEAM = {"/partners", "/teams", "/members", "/audit"}
OF_AN_ADMINISTRATOR = {"/mailbox", "/tokens", "/audit"}


def test_a_reader_reads_all_but_what_is_the_administrators(portal: Portal) -> None:
    token = portal.token("read")

    for path in LISTS:
        expected = 403 if path in OF_AN_ADMINISTRATOR else 200
        assert portal.get(path, token=token).status_code == expected, path
    for path in ("/portal", "/me", "/people/ana@acme.example/access"):
        assert portal.get(path, token=token).status_code == 200, path


def test_a_reader_writes_nothing(portal: Portal) -> None:
    token = portal.token("read")

    for path in set(LISTS) - {"/mailbox", "/audit"}:
        assert portal.post(path, {}, token=token).status_code == 403, path
        assert portal.delete(f"{path}/x", token=token).status_code == 403, path
    for path in (
        "/partners",
        "/teams",
        "/members",
        "/products",
        "/access-groups",
        "/grants",
        "/apis",
        "/people",
    ):
        assert portal.patch(f"{path}/x", {}, token=token).status_code == 403, path
    assert portal.send("POST", "/members/x/invitation", token=token).status_code == 403


def test_of_the_lease_a_reader_sees_who_holds_it_and_a_team_sees_nothing(portal: Portal) -> None:
    tokens = [portal.admin, portal.token("read"), portal.token("team", portal.team())]

    assert {
        method: [portal.send(method, "/lease", token=token, **request).status_code for token in tokens]
        for method, request in LEASE.items()
    } == {"GET": [404, 404, 403], "PUT": [200, 403, 403], "DELETE": [204, 403, 403]}


def test_a_teams_token_sees_its_team_its_partner_and_its_members(portal: Portal) -> None:
    partner = portal.partner()
    team, sister = portal.team(partner), portal.team(partner)
    member, stranger = portal.member(team, "ana@acme.example"), portal.member(sister, "bo@acme.example")
    foreign = portal.partner()
    token = portal.token("team", team)

    assert portal.items("/partners", token=token) == [partner]
    assert portal.items("/teams", token=token) == [team]
    assert portal.items("/members", token=token) == [member]
    assert portal.get("/members", token=token).json()["total"] == 1
    assert portal.items("/members", token=token, params={"team": sister["id"]}) == []
    for path in (f"/partners/{partner['id']}", f"/teams/{team['id']}", f"/members/{member['id']}"):
        assert portal.get(path, token=token).status_code == 200, path
    for path in (
        f"/partners/{foreign['id']}",
        f"/teams/{sister['id']}",
        f"/members/{stranger['id']}",
        "/members/mem_0",
        "/people/ana@acme.example/access",
        *(set(LISTS) - OF_A_TEAM),
    ):
        assert portal.get(path, token=token).status_code == 403, path
    for path in ("/portal", "/me"):
        assert portal.get(path, token=token).status_code == 200, path


def test_a_teams_token_changes_its_members_while_they_are_delegated(portal: Portal) -> None:
    team = portal.team()
    token = portal.token("team", team)

    made = portal.post("/members", joining(team), token=token)
    assert made.status_code == 201
    portal.pass_time(days=7)
    path = f"/members/{made.json()['id']}"
    assert portal.send("POST", f"{path}/invitation", token=token).status_code == 200
    assert portal.delete(path, token=token).status_code == 204

    member = portal.member(team, "bo@acme.example")
    portal.patch(f"/teams/{team['id']}", {"delegated": False})
    assert portal.post("/members", joining(team), token=token).status_code == 403
    assert portal.delete(f"/members/{member['id']}", token=token).status_code == 403
    portal.pass_time(days=7)
    assert portal.send("POST", f"/members/{member['id']}/invitation", token=token).status_code == 403


def test_a_teams_token_never_touches_an_admin_a_role_or_an_end(portal: Portal) -> None:
    team = portal.team()
    token = portal.token("team", team)
    admin = portal.member(team, "ana@acme.example", role="admin")
    ending = portal.member(team, "bo@acme.example", until="2030-01-31")
    member = portal.member(team, "cy@acme.example")

    for extra in ({"role": "admin"}, {"until": "2030-01-31"}):
        assert portal.post("/members", {**joining(team), **extra}, token=token).status_code == 403
    for held in (admin, ending):
        assert portal.delete(f"/members/{held['id']}", token=token).status_code == 403
    for body in ({"role": "admin"}, {"until": None}):
        assert portal.patch(f"/members/{member['id']}", body, token=token).status_code == 403
    portal.pass_time(days=7)
    assert portal.send("POST", f"/members/{admin['id']}/invitation", token=token).status_code == 403


def test_a_teams_token_touches_no_other_team(portal: Portal) -> None:
    partner = portal.partner()
    team, sister = portal.team(partner), portal.team(partner)
    stranger = portal.member(sister, "bo@acme.example")
    token = portal.token("team", team)

    assert portal.post("/members", joining(sister), token=token).status_code == 403
    assert portal.post("/members", joining({"id": "team_0"}), token=token).status_code == 403
    assert portal.delete(f"/members/{stranger['id']}", token=token).status_code == 403
    assert portal.patch(f"/teams/{team['id']}", {"delegated": True}, token=token).status_code == 403
    assert portal.patch(f"/partners/{partner['id']}", {"blocked": []}, token=token).status_code == 403
    assert portal.post("/tokens", {"name": "t", "scope": "admin"}, token=token).status_code == 403


def joining(team: dict[str, Any]) -> dict[str, str]:
    return {"teamId": team["id"], "email": "new@acme.example", "role": "member"}

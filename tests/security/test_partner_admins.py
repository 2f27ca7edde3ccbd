"""What the admin of a partner's team can try with the team's token."""

from typing import Any

import httpx2
import pytest

from tests.portal_server.driver import Portal

STRANGER = "stranger@elsewhere.example"


class Admin:
    """Someone who has the token of a team."""

    def __init__(self, portal: Portal, team: dict[str, Any]) -> None:
        self.portal = portal
        self.team = team
        self.token = portal.token("team", team)

    def add(self, email: str, **more: Any) -> httpx2.Response:
        body = {"teamId": self.team["id"], "email": email, "role": "member", **more}
        return self.portal.post("/members", body, token=self.token)

    def remove(self, member_id: str) -> httpx2.Response:
        return self.portal.delete(f"/members/{member_id}", token=self.token)

    def send_again(self, member_id: str) -> httpx2.Response:
        return self.portal.send("POST", f"/members/{member_id}/invitation", token=self.token)


@pytest.fixture
def admin(portal: Portal) -> Admin:
    return Admin(portal, portal.team())


def mails(portal: Portal) -> list[str]:
    return [mail["to"] for mail in portal.items("/mailbox", params={"limit": 1000})]


def test_a_partner_admin_cannot_flood_a_stranger_by_inviting_and_removing(admin: Admin) -> None:
    first = admin.add(STRANGER)
    assert (first.status_code, admin.remove(first.json()["id"]).status_code) == (201, 204)

    refused = [admin.add(STRANGER) for _ in range(50)]

    assert {(each.status_code, each.headers["retry-after"]) for each in refused} == {(429, "86400")}
    assert mails(admin.portal) == [STRANGER]
    admin.portal.pass_time(hours=24, seconds=-1)
    assert (admin.add(STRANGER).status_code, admin.add(STRANGER).headers["retry-after"]) == (429, "1")
    admin.portal.pass_time(seconds=1)
    assert admin.add(STRANGER).status_code == 201


@pytest.mark.parametrize(
    "spelling",
    [
        "Stranger@Elsewhere.example",
        "stranger+1@elsewhere.example",
        "stran\u200bger@elsewhere.example",
        "\uff53tranger@elsewhere.example",
        "stranger\uff0b1@elsewhere.example",
        "stran\u034fger@elsewhere.example",
        "stran\u3164ger@elsewhere.example",
        "stranger\ufe0f@elsewhere.example",
        "stranger\U000e0101@elsewhere.example",
    ],
)
def test_a_partner_admin_cannot_flood_a_mailbox_by_spelling_it_otherwise(admin: Admin, spelling: str) -> None:
    admin.remove(admin.add(STRANGER).json()["id"])

    assert admin.add(spelling).status_code == 429
    assert mails(admin.portal) == [STRANGER]


def test_a_partner_admin_cannot_flood_a_mailbox_whose_domain_has_several_spellings(admin: Admin) -> None:
    for email in ("ana@xn--bcher-kva.example", "ana@B\u00dcCHER.example", "ana@bu\u0308cher.example"):
        admin.add(email)
    for email in ("b.o@gmail.com", "bo@googlemail.com", "bo+news@gmail.com"):
        admin.add(email)

    assert mails(admin.portal) == ["ana@xn--bcher-kva.example", "b.o@gmail.com"]


def test_a_partner_admin_cannot_mail_again_whom_git_has_just_invited(admin: Admin) -> None:
    invited = admin.portal.member(admin.team, STRANGER)
    admin.remove(invited["id"])

    assert admin.add(STRANGER).status_code == 429


def test_a_partner_admin_cannot_flood_a_stranger_through_the_partners_other_teams(admin: Admin) -> None:
    partner = admin.portal.get(f"/partners/{admin.team['partnerId']}").json()
    sister = Admin(admin.portal, admin.portal.team(partner))
    admin.add(STRANGER)

    assert sister.add(STRANGER).status_code == 429


def test_a_partner_admin_cannot_learn_whom_another_partner_invited(admin: Admin) -> None:
    admin.portal.member(admin.portal.team(), STRANGER)

    assert admin.add(STRANGER).status_code == 201


def test_a_partner_admin_cannot_mail_a_person_who_declined(admin: Admin) -> None:
    declined = admin.add(STRANGER).json()
    admin.portal.answer(admin.portal.codes(STRANGER)[0], "decline")
    admin.portal.pass_time(days=400)

    assert admin.send_again(declined["id"]).status_code == 409
    assert admin.remove(declined["id"]).status_code == 204
    assert (admin.add(STRANGER).status_code, admin.add(f"{STRANGER[:8]}+@{STRANGER[9:]}").status_code) == (
        409,
        409,
    )
    assert mails(admin.portal) == [STRANGER]
    assert admin.portal.member(admin.team, STRANGER)["state"] == "invited"


def test_a_partner_admin_cannot_invite_without_end(admin: Admin) -> None:
    answers = [admin.add(f"person-{number}@elsewhere.example") for number in range(101)]

    assert [each.status_code for each in answers] == [201] * 100 + [429]
    assert answers[-1].headers["retry-after"] == "3600"
    admin.portal.pass_time(minutes=59)
    assert admin.add("one-more@elsewhere.example").headers["retry-after"] == "60"
    admin.portal.pass_time(minutes=1)
    assert admin.add("one-more@elsewhere.example").status_code == 201


def test_a_partner_admin_cannot_try_without_end_who_has_an_account(admin: Admin) -> None:
    admin.portal.made("/people", email=STRANGER)

    def attempt() -> int:
        added = admin.add(STRANGER)
        if added.status_code == 201:
            admin.remove(added.json()["id"])
        return added.status_code

    assert [attempt() for _ in range(102)] == [201] * 100 + [429] * 2


def test_limits_of_a_partner_admin_bind_no_administrator(portal: Portal) -> None:
    team = portal.team()
    for _ in range(3):
        portal.delete(f"/members/{portal.member(team, STRANGER)['id']}")
    for number in range(101):
        portal.member(team, f"person-{number}@elsewhere.example")

    assert len(mails(portal)) == 104


def test_a_partner_admin_cannot_change_members_while_the_partner_is_suspended(admin: Admin) -> None:
    member = admin.add("ana@acme.example").json()
    partner = f"/partners/{admin.team['partnerId']}"
    admin.portal.patch(partner, {"status": "suspended"})
    admin.portal.pass_time(days=8)

    refused = [admin.add(STRANGER), admin.remove(member["id"]), admin.send_again(member["id"])]
    assert [(each.status_code, each.json()["detail"]) for each in refused] == [
        (403, "The partner is suspended.")
    ] * 3
    assert admin.portal.get("/members", token=admin.token).json()["total"] == 1
    admin.portal.patch(partner, {"status": "active"})
    assert admin.add(STRANGER).status_code == 201


@pytest.mark.parametrize(
    "spelling",
    [
        STRANGER,
        "stranger+2@elsewhere.example",
        "STRANGER@elsewhere.example",
        "stran\u034fger@elsewhere.example",
        "stranger\uff0b2@elsewhere.example",
    ],
)
def test_a_partner_admin_cannot_add_a_blocked_person_by_another_spelling(admin: Admin, spelling: str) -> None:
    admin.portal.patch(f"/partners/{admin.team['partnerId']}", {"blocked": [STRANGER]})

    assert admin.add(spelling).status_code == 409
    assert mails(admin.portal) == []


def test_a_partner_admin_cannot_invite_again_who_was_blocked_since(admin: Admin) -> None:
    invited = admin.add(STRANGER).json()
    admin.portal.patch(f"/partners/{admin.team['partnerId']}", {"blocked": [STRANGER]})
    admin.portal.pass_time(days=8)

    assert admin.send_again(invited["id"]).status_code == 409
    assert mails(admin.portal) == [STRANGER]


def test_a_blocked_person_cannot_accept_an_invitation_from_before(admin: Admin) -> None:
    admin.add(STRANGER)
    admin.portal.patch(f"/partners/{admin.team['partnerId']}", {"blocked": [STRANGER]})

    assert admin.portal.answer(admin.portal.codes(STRANGER)[0], "accept").status_code == 404
    assert admin.portal.items("/people") == []


def test_a_partner_admin_cannot_hide_behind_the_name_of_another_token(admin: Admin) -> None:

    twin = Admin(admin.portal, admin.team)
    made = [one.add(f"{number}@acme.example").json() for number, one in enumerate((admin, twin))]

    entries = [admin.portal.items("/audit", params={"object": each["id"]})[0] for each in made]
    known = {token["id"]: token for token in admin.portal.items("/tokens")}
    assert entries[0]["token"] == entries[1]["token"] == "a team token"
    assert [known[entry["tokenId"]]["teamId"] for entry in entries] == [admin.team["id"]] * 2
    assert entries[0]["tokenId"] != entries[1]["tokenId"]


def test_a_partner_admin_learns_nothing_from_what_it_may_not_see(admin: Admin) -> None:
    foreign = admin.portal.member(admin.portal.team(), "bo@rival.example")
    own = admin.add("ana@acme.example").json()

    def refusals(path: str, etag: str) -> list[tuple[int, str]]:
        headers = [{}, {"If-Match": etag}, {"If-Match": "*"}, {"If-None-Match": etag}]
        asked = [
            admin.portal.send(method, path, token=admin.token, headers=each)
            for method in ("GET", "DELETE")
            for each in headers
        ]
        again = admin.portal.send("POST", f"{path}/invitation", token=admin.token)
        return [(each.status_code, each.text) for each in [*asked, again]]

    there, missing = refusals(f"/members/{foreign['id']}", foreign["etag"]), refusals("/members/mem_0", "x")
    assert there == missing
    assert {status for status, _ in there} == {403}
    listed = admin.portal.get("/members", token=admin.token, params={"email": "bo@rival.example"}).json()
    assert listed == {"items": [], "total": 0, "next": None}
    assert admin.portal.items("/members", token=admin.token) == [own]


def test_a_partner_admin_cannot_use_the_idempotency_key_of_another_token(admin: Admin) -> None:
    rival = Admin(admin.portal, admin.portal.team())
    key = {"Idempotency-Key": "one"}
    body = {"teamId": rival.team["id"], "email": "bo@rival.example", "role": "member"}
    admin.portal.post("/members", body, token=rival.token, headers=key)

    stolen = admin.portal.post("/members", body, token=admin.token, headers=key)
    assert (stolen.status_code, "bo@rival.example" in stolen.text) == (403, False)


@pytest.mark.parametrize(
    "email",
    [
        "x/y@partner.example",
        "a..b@partner.example",
        ".a@partner.example",
        "a.@partner.example",
        "a\u2028b@partner.example",
        "a\u0085b@partner.example",
        "a\u00a0b@partner.example",
    ],
)
def test_a_partner_admin_cannot_add_an_address_that_no_file_can_name(admin: Admin, email: str) -> None:
    assert admin.add(email).status_code == 422
    assert admin.portal.get("/members", token=admin.token).json()["total"] == 0


def test_a_partner_admin_cannot_have_thousands_of_mistakes_listed(admin: Admin) -> None:
    refusal = admin.portal.post("/members", {f"k{i}": i for i in range(3_000)}, token=admin.token)

    assert (refusal.status_code, len(refusal.json()["errors"])) == (422, 100)


def test_a_partner_admin_cannot_send_as_much_as_an_administrator(admin: Admin) -> None:
    body = b'{"email": "' + b"a" * 64 * 1024 + b'"}'
    sent = {"content": body, "headers": {"Content-Type": "application/json"}}

    assert [
        admin.portal.send("POST", "/members", token=token, **sent).status_code
        for token in (admin.token, admin.portal.admin)
    ] == [413, 422]

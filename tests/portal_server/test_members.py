import pytest

from reconciler.portal_server.operations.context import NO_HEADERS, Call
from reconciler.portal_server.operations.members import check_interval
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.values.formats import instant_text
from tests.portal_server.driver import START, Portal


def test_who_has_an_account_is_a_member_at_once_and_gets_no_mail(portal: Portal) -> None:
    portal.made("/people", email="ana@acme.example")

    member = portal.member(portal.team(), "Ana@acme.example", role="admin", until="2030-01-31")

    shown = {"email": "ana@acme.example", "role": "admin", "until": "2030-01-31", "state": "active"}
    assert {**member, **shown, "invitedAt": None} == member
    assert portal.items("/mailbox") == []


def test_who_has_no_account_is_invited_by_one_mail(portal: Portal) -> None:
    member = portal.member(portal.team(), "Ana@acme.example")

    assert (member["state"], member["invitedAt"]) == ("invited", instant_text(START))
    assert [(mail["to"], mail["sentAt"]) for mail in portal.items("/mailbox")] == [
        ("ana@acme.example", instant_text(START))
    ]


def test_a_blocked_person_is_not_taken_in(portal: Portal) -> None:
    team = portal.team(portal.partner(blocked=["ana@acme.example"]))
    body = {"teamId": team["id"], "email": "ANA@acme.example", "role": "member"}

    assert portal.post("/members", body).status_code == 409
    assert portal.items("/mailbox") == []


def test_an_invitation_expires_after_seven_days_and_its_entity_tag_changes(portal: Portal) -> None:
    invited = portal.member(portal.team(), "ana@acme.example")
    path = f"/members/{invited['id']}"

    portal.pass_time(days=7, seconds=-1)
    assert portal.get(path).json() == invited
    portal.pass_time(seconds=1)
    expired = portal.get(path)

    assert expired.json()["state"] == "expired"
    assert expired.headers["etag"] != invited["etag"]
    assert portal.patch(path, {"role": "admin"}, headers={"If-Match": invited["etag"]}).status_code == 412


def test_only_an_expired_invitation_is_sent_again(portal: Portal) -> None:
    portal.made("/people", email="bo@acme.example")
    team = portal.team()
    invited, active = portal.member(team, "ana@acme.example"), portal.member(team, "bo@acme.example")

    assert portal.send("POST", f"/members/{active['id']}/invitation").status_code == 409
    assert portal.send("POST", f"/members/{invited['id']}/invitation").status_code == 409
    portal.pass_time(days=8)
    stale = portal.send("POST", f"/members/{invited['id']}/invitation", headers={"If-Match": '"1"'})
    again = portal.send("POST", f"/members/{invited['id']}/invitation")

    assert (stale.status_code, again.status_code) == (412, 200)
    assert again.json() == {
        **invited,
        "invitedAt": instant_text(portal.clock),
        "etag": again.headers["etag"],
    }
    assert portal.send("POST", f"/members/{invited['id']}/invitation").status_code == 409
    assert len(portal.codes("ana@acme.example")) == 2


def test_a_declined_invitation_is_not_sent_again(portal: Portal) -> None:
    member = portal.member(portal.team(), "ana@acme.example")
    portal.answer(portal.codes("ana@acme.example")[0], "decline")
    portal.pass_time(days=30)

    assert portal.get(f"/members/{member['id']}").json()["state"] == "declined"
    assert portal.send("POST", f"/members/{member['id']}/invitation").status_code == 409


def test_no_invitation_is_sent_again_within_a_day_however_long_it_lasts(sqlite_portal: Portal) -> None:
    with sqlite_portal.app.state.database.reading() as connection:
        call = Call(connection, START, None, NO_HEADERS, None, None, NO_HEADERS)
        check_interval(call, "2026-02-28T12:00:00Z")
        with pytest.raises(ProblemError) as refusal:
            check_interval(call, "2026-02-28T12:00:01Z")

    assert (refusal.value.status, refusal.value.headers) == (429, {"Retry-After": "1"})


def test_an_unknown_member_is_not_invited(portal: Portal) -> None:
    assert portal.send("POST", "/members/mem_0/invitation").status_code == 404

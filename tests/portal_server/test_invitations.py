import pytest

from tests.portal_server.driver import Portal


def test_accepting_makes_the_membership_active_and_the_account(portal: Portal) -> None:
    invited = portal.member(portal.team(), "ana@acme.example")
    accepted = portal.answer(portal.codes("ana@acme.example")[0], "accept")

    assert accepted.status_code == 200
    assert accepted.json() == {**invited, "state": "active", "etag": accepted.headers["etag"]}
    assert [person["email"] for person in portal.items("/people")] == ["ana@acme.example"]


def test_accepting_a_second_invitation_keeps_the_account(portal: Portal) -> None:
    portal.member(portal.team(), "ana@acme.example")
    portal.member(portal.team(), "ana@acme.example")
    first, second = portal.codes("ana@acme.example")

    assert portal.answer(first, "accept").status_code == 200
    assert portal.answer(second, "accept").status_code == 200
    assert len(portal.items("/people")) == 1


def test_declining_makes_no_account(portal: Portal) -> None:
    portal.member(portal.team(), "ana@acme.example")
    declined = portal.answer(portal.codes("ana@acme.example")[0], "decline")

    assert (declined.status_code, declined.json()["state"]) == (200, "declined")
    assert portal.items("/people") == []


@pytest.mark.parametrize("verb", ["accept", "decline"])
@pytest.mark.parametrize("end", ["accepted", "declined", "expired", "withdrawn", "sent again"])
def test_a_code_that_is_over_opens_nothing(portal: Portal, verb: str, end: str) -> None:
    member = portal.member(portal.team(), "ana@acme.example")
    [code] = portal.codes("ana@acme.example")
    match end:
        case "accepted":
            portal.answer(code, "accept")
        case "declined":
            portal.answer(code, "decline")
        case "expired":
            portal.pass_time(days=7)
        case "withdrawn":
            portal.delete(f"/members/{member['id']}")
        case _:
            portal.pass_time(days=7)
            portal.send("POST", f"/members/{member['id']}/invitation")

    assert portal.answer(code, verb).status_code == 404


def test_an_unknown_code_opens_nothing(portal: Portal) -> None:
    assert portal.answer("inv_nothing", "accept").status_code == 404


def test_codes_are_stored_as_hashes_outside_the_mailbox(sqlite_portal: Portal) -> None:
    sqlite_portal.member(sqlite_portal.team(), "ana@acme.example")
    [code] = sqlite_portal.codes("ana@acme.example")

    assert code not in sqlite_portal.get("/audit").text
    assert code not in sqlite_portal.get("/members").text

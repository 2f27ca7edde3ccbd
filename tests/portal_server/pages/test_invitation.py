"""The page of an invitation, and the invitations of a person who is signed in."""

from collections.abc import Callable

import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, Browser, text_of
from tests.portal_server.pages.company import ADMIN, INVITED, MEMBER, Company

SignedIn = Callable[[str], Browser]


def page_of(portal: Portal, email: str) -> str:
    return f"/ui/invitations/{portal.codes(email)[-1]}"


def state_of(portal: Portal, member: str) -> str:
    return str(portal.get(f"/members/{member}").json()["state"])


def test_the_page_says_what_the_invitation_is_for_and_until_when(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    assert company
    page = stranger.get(page_of(portal, INVITED))
    shown = text_of(page)

    assert page.status_code == 200
    assert "Invitation to the team Integration" in shown
    assert "You are invited to a team of Acme Logistics." in shown
    assert f"For {INVITED} Role Member" in shown
    assert 'datetime="2026-03-08T12:00:00Z"' in page.text


def test_the_page_and_the_mail_name_an_admin_who_invited_but_no_operator(
    portal: Portal, company: Company, stranger: Browser, signed_in: Callable[[str], Browser]
) -> None:
    path = f"/ui/teams/{company.integration}/members/invite"
    for person, invited in ((ADMIN, "di@acme.example"), (OPERATOR, "ed@acme.example")):
        form = {"step": "send", "emails": invited, "role": "member", "until": ""}
        assert signed_in(person).submit(path, form).status_code == 200
    sent = {mail["to"]: mail["text"] for mail in portal.items("/mailbox")}
    pages = {to: text_of(stranger.get(page_of(portal, to))) for to in ("di@acme.example", "ed@acme.example")}

    assert f"{ADMIN} invites you to the team Integration of Acme Logistics." in sent["di@acme.example"]
    assert "You are invited to the team Integration of Acme Logistics." in sent["ed@acme.example"]
    assert f"{ADMIN} invites you to a team of Acme Logistics." in pages["di@acme.example"]
    assert "You are invited to a team of Acme Logistics." in pages["ed@acme.example"]
    assert OPERATOR not in sent["ed@acme.example"] + pages["ed@acme.example"]


def test_sentences_that_end_with_a_name_have_one_full_stop(portal: Portal, stranger: Browser) -> None:
    partner = portal.made(
        "/partners", name="vega", type="external", displayName="Aduanas Vega S.A.", owner="partnerships"
    )
    team = portal.made("/teams", partnerId=partner["id"], name="customs", displayName="Customs")
    portal.made("/members", teamId=team["id"], email="di@vega.example", role="member")
    path = page_of(portal, "di@vega.example")
    invitation = text_of(stranger.get(path))
    home = text_of(stranger.submit(path, {"answer": "accept"}))
    accepted = text_of(stranger.get(path))

    assert "You are invited to a team of Aduanas Vega S.A. Team Customs" in invitation
    assert "You are now in the team Customs of Aduanas Vega S.A. " in home
    assert "you are a member of the team Customs of Aduanas Vega S.A. " in accepted
    assert "S.A.." not in invitation + home + accepted


def test_the_page_shows_the_role_of_an_admin_and_the_last_day(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    portal.made("/members", teamId=company.finance, email="di@acme.example", role="admin", until="2026-06-30")
    shown = text_of(stranger.get(page_of(portal, "di@acme.example")))

    assert "Role Admin: manages the members of the team" in shown
    assert "Last day in the team 2026-06-30" in shown


def test_accepting_joins_the_team_and_begins_a_session(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    path = page_of(portal, INVITED)
    answer = stranger.submit(path, {"answer": "accept"}, follow=False)

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/ui/teams/{company.integration}/members",
    )
    assert state_of(portal, company.cy) == "active"
    home = text_of(stranger.get("/ui/"))
    assert INVITED in home
    assert "You are now in the team Integration of Acme Logistics." in home
    [accepted] = [each for each in portal.items("/audit") if each["action"] == "accept"]
    assert (accepted["token"], accepted["object"]) == (None, company.cy)


def test_declining_begins_no_session(portal: Portal, company: Company, stranger: Browser) -> None:
    answer = stranger.submit(page_of(portal, INVITED), {"answer": "decline"}, follow=False)

    assert (answer.status_code, "You declined the invitation" in text_of(answer)) == (200, True)
    assert state_of(portal, company.cy) == "declined"
    assert stranger.get("/ui/").status_code == 303


def test_a_form_without_an_answer_changes_nothing(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    answer = stranger.submit(page_of(portal, INVITED), {"answer": "maybe"})

    assert answer.status_code == 422
    assert "Choose whether you accept or decline the invitation." in text_of(answer)
    assert state_of(portal, company.cy) == "invited"


def test_an_expired_invitation_says_whom_to_ask(portal: Portal, company: Company, stranger: Browser) -> None:
    path = page_of(portal, INVITED)
    portal.pass_time(days=7)
    page = stranger.get(path)
    answer = stranger.submit(path, {"answer": "accept"})

    assert page.status_code == 410
    assert "This invitation has expired" in text_of(page)
    assert "ask an admin of the team to send it again" in text_of(page)
    assert answer.status_code == 404
    assert state_of(portal, company.cy) == "expired"


@pytest.mark.parametrize("end", ["accepted", "declined", "withdrawn", "sent again", "blocked", "never made"])
def test_an_invitation_that_is_over_tells_a_stranger_nothing_more(
    portal: Portal, company: Company, stranger: Browser, end: str
) -> None:
    path = page_of(portal, INVITED)
    match end:
        case "accepted" | "declined":
            portal.answer(portal.codes(INVITED)[0], end.removesuffix("ed").replace("declin", "decline"))
        case "withdrawn":
            portal.delete(f"/members/{company.cy}")
        case "sent again":
            portal.pass_time(days=7)
            portal.send("POST", f"/members/{company.cy}/invitation")
        case "blocked":
            portal.patch(f"/partners/{company.acme}", {"blocked": [INVITED]})
        case _:
            path = "/ui/invitations/inv_nothing"
    page = stranger.get(path)

    assert page.status_code == 404
    assert "This invitation is not valid" in text_of(page)
    assert "Acme" not in text_of(page)
    assert stranger.submit(path, {"answer": "accept"}).status_code == 404


def test_a_member_reads_that_the_invitation_was_accepted(
    portal: Portal, company: Company, signed_in: SignedIn
) -> None:
    assert company
    path = page_of(portal, INVITED)
    portal.answer(portal.codes(INVITED)[0], "accept")

    assert "You accepted this invitation" in text_of(signed_in(INVITED).get(path))
    other = signed_in(MEMBER).get(path)
    assert (other.status_code, f"You are signed in as {MEMBER}." in text_of(other)) == (404, True)


def test_another_person_who_is_signed_in_is_warned_and_signed_out(
    portal: Portal, company: Company, signed_in: SignedIn
) -> None:
    browser = signed_in(MEMBER)
    path = page_of(portal, INVITED)
    shown = text_of(browser.get(path))
    assert f"You are signed in as {MEMBER}; the invitation is for {INVITED}." in shown
    assert f"If you accept it, you are signed in as {INVITED} instead." in shown
    answer = browser.submit(path, {"answer": "accept"}, follow=False)

    assert answer.headers["location"] == f"/ui/teams/{company.integration}/members"
    assert INVITED in text_of(browser.get("/ui/"))
    [accepted] = [each for each in portal.items("/audit") if each["action"] == "accept"]
    assert accepted["after"]["email"] == INVITED


def test_the_invited_person_who_is_signed_in_keeps_the_session(
    portal: Portal, company: Company, signed_in: SignedIn
) -> None:
    browser = signed_in(INVITED)
    before = browser.client.cookies["__Host-session"]
    answer = browser.submit(page_of(portal, INVITED), {"answer": "accept"}, follow=False)

    assert answer.headers["location"] == f"/ui/teams/{company.integration}/members"
    assert browser.client.cookies["__Host-session"] == before


@pytest.mark.parametrize("who", ["an account", "an operator"])
def test_an_invitation_signs_in_neither_operators_nor_people_with_an_account(
    portal: Portal, company: Company, stranger: Browser, who: str
) -> None:
    email = OPERATOR if who == "an operator" else "di@acme.example"
    member = portal.made("/members", teamId=company.finance, email=email, role="member")
    if who == "an account":
        portal.made("/people", email=email)
    answer = stranger.submit(page_of(portal, email), {"answer": "accept"}, follow=False)

    assert answer.headers["location"] == f"/ui/sign-in?next=%2Fui%2Fteams%2F{company.finance}%2Fmembers"
    assert "__Host-session" not in stranger.client.cookies
    assert state_of(portal, member["id"]) == "active"
    assert f"You are now in the team Finance of Acme Logistics. Sign in as {email} to see it." in text_of(
        stranger.get(answer.headers["location"])
    )


def test_a_person_with_an_account_joins_while_another_one_is_signed_in(
    portal: Portal, company: Company, signed_in: SignedIn
) -> None:
    portal.made("/members", teamId=company.finance, email="di@acme.example", role="member")
    portal.made("/people", email="di@acme.example")
    browser = signed_in(MEMBER)
    path = page_of(portal, "di@acme.example")
    assert "If you accept it, you join the team as di@acme.example." in text_of(browser.get(path))
    answer = browser.submit(path, {"answer": "accept"}, follow=False)

    assert answer.headers["location"] == "/ui/sign-in"
    assert MEMBER in text_of(browser.get("/ui/"))


@pytest.mark.parametrize(
    ("answer", "state", "notice"),
    [
        ("accept", "active", "You are now in this team."),
        ("decline", "declined", "You declined the invitation."),
    ],
)
def test_a_person_who_is_signed_in_answers_on_the_home_page(
    portal: Portal, company: Company, signed_in: SignedIn, answer: str, state: str, notice: str
) -> None:
    browser = signed_in(INVITED)
    path = f"/ui/me/invitations/{company.cy}"
    assert f'action="{path}"' in browser.get("/ui/").text
    done = browser.submit(path, {"answer": answer}, follow=False)

    home = "/ui/" if answer == "decline" else f"/ui/teams/{company.integration}/members"
    assert done.headers["location"] == home
    assert state_of(portal, company.cy) == state
    assert notice in text_of(browser.get(done.headers["location"]))


@pytest.mark.parametrize(("who", "answer", "status"), [(MEMBER, "accept", 404), (INVITED, "maybe", 422)])
def test_nobody_answers_for_another_person_or_without_an_answer(
    portal: Portal, company: Company, signed_in: SignedIn, who: str, answer: str, status: int
) -> None:
    done = signed_in(who).submit(f"/ui/me/invitations/{company.cy}", {"answer": answer})

    assert done.status_code == status
    assert state_of(portal, company.cy) == "invited"

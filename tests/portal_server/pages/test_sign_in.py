"""Sign in by a link that is sent by mail."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from reconciler.portal_server.pages.signing_in import local_target
from reconciler.portal_server.seed import Oidc, Smtp
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, SITE, Browser, text_of
from tests.portal_server.pages.company import ADMIN, INVITED, MEMBER, Company, found

SMTP = Smtp("127.0.0.1", 25, "portal@portal.example", security="none")
STRANGER = "eve@evil.example"


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with Portal(str(tmp_path / "portal.db"), site=SITE._replace(smtp=SMTP)) as opened:
        yield opened


@pytest.fixture
def other(portal: Portal) -> Iterator[Browser]:
    """Another browser, such as the one on a phone."""
    with Browser(portal) as browser:
        yield browser


def mails(portal: Portal) -> list[tuple[str, str]]:
    """The addresses and texts of the mails with a link to sign in, oldest first."""
    with portal.app.state.database.reading() as connection:
        rows = connection.execute(
            text("SELECT \"to\", text FROM mails WHERE expires_at > '2026' AND due_at > '2026' ORDER BY seq")
        )
        return [(to, sent) for to, sent in rows]


def ask(browser: Browser, email: str, **more: str) -> str:
    return text_of(browser.submit("/ui/sign-in", {"email": email, **more}))


def link(portal: Portal) -> str:
    [path] = re.findall(r"https://portal\.example(/ui/sign-in/link/\S+)", mails(portal)[-1][1])
    return str(path)


def test_a_link_in_a_mail_signs_in_and_leads_to_the_only_team(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    assert "Sign in to" in text_of(stranger.get("/ui/sign-in"))
    assert f"If {ADMIN} has access, a link is on its way." in ask(stranger, "Ana@ACME.example")
    shown = stranger.get(link(portal))
    assert (shown.status_code, "Sign in as ana@acme.example" in text_of(shown)) == (200, True)
    answer = stranger.submit(link(portal), follow=False)

    assert answer.headers["location"] == f"/ui/teams/{company.integration}/members"
    assert re.fullmatch(
        r"__Host-session=ses_\S+; Path=/; Secure; HttpOnly; SameSite=Lax", answer.headers["set-cookie"]
    )
    assert ADMIN in stranger.get("/ui/").text


def test_the_mail_says_for_whom_the_link_is_and_how_long(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    assert company
    ask(stranger, ADMIN)
    [(to, said)] = mails(portal)

    assert to == ADMIN
    assert said == (
        f"Open this page to sign in as {ADMIN}:\nhttps://portal.example{link(portal)}\n\n"
        "The link works once, for 15 minutes. A newer link replaces it.\n"
        "If you did not ask for it, ignore this e-mail: without the link nobody is signed in.\n"
    )


def test_the_link_works_in_another_browser_but_only_once(
    portal: Portal, company: Company, stranger: Browser, other: Browser
) -> None:
    assert company
    ask(stranger, ADMIN)
    assert other.submit(link(portal), follow=False).status_code == 303
    again, shown = stranger.submit(link(portal)), stranger.get(link(portal))

    assert (again.status_code, shown.status_code) == (404, 404)
    assert "This link no longer works" in text_of(again)
    assert stranger.get("/ui/").status_code == 303


def test_opening_the_link_does_not_use_it(portal: Portal, company: Company, stranger: Browser) -> None:
    assert company
    ask(stranger, ADMIN)
    for _ in range(3):
        assert stranger.get(link(portal)).status_code == 200
    assert portal.runner.run(stranger.client.head(link(portal))).status_code == 200

    assert stranger.submit(link(portal), follow=False).status_code == 303


def test_a_link_ends_after_fifteen_minutes(portal: Portal, company: Company, stranger: Browser) -> None:
    assert company
    ask(stranger, ADMIN)
    portal.clock += timedelta(minutes=14, seconds=59)
    assert stranger.get(link(portal)).status_code == 200
    portal.clock += timedelta(seconds=1)

    assert stranger.get(link(portal)).status_code == 404
    assert stranger.submit(link(portal)).status_code == 404


def test_the_newest_link_replaces_earlier_ones_of_the_same_person(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    assert company
    ask(stranger, ADMIN)
    first = link(portal)
    ask(stranger, MEMBER)
    second = link(portal)
    ask(stranger, ADMIN)

    assert [stranger.get(each).status_code for each in (first, second, link(portal))] == [404, 200, 200]


@pytest.mark.parametrize(
    ("email", "mails_sent"),
    [
        (ADMIN, 1),
        (MEMBER, 1),
        (INVITED, 1),
        (OPERATOR, 1),
        ("kim@account.example", 1),
        ("gone@acme.example", 0),
        (STRANGER, 0),
    ],
)
def test_the_answer_is_the_same_but_only_people_with_access_get_a_mail(
    portal: Portal, company: Company, stranger: Browser, email: str, mails_sent: int
) -> None:
    portal.made("/people", email="kim@account.example")
    member = portal.made("/members", teamId=company.finance, email="gone@acme.example", role="member")
    portal.answer(portal.codes("gone@acme.example")[0], "decline")
    assert member["state"] == "invited"
    answer = stranger.submit("/ui/sign-in", {"email": email}, follow=False)
    page = stranger.get(answer.headers["location"])

    assert (answer.status_code, answer.headers["location"]) == (303, "/ui/sign-in/sent")
    assert f"If {email} has access, a link is on its way." in text_of(page)
    assert [to for to, _ in mails(portal)] == [email] * mails_sent


def test_an_expired_invitation_gives_no_access(portal: Portal, company: Company, stranger: Browser) -> None:
    assert company
    portal.pass_time(days=7)
    ask(stranger, INVITED)

    assert mails(portal) == []


def test_a_person_who_lost_access_since_cannot_use_the_link(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    ask(stranger, INVITED)
    path = link(portal)
    portal.delete(f"/members/{company.cy}")

    assert stranger.submit(path).status_code == 404


def test_a_person_gets_five_links_an_hour_and_reads_the_same_afterwards(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    assert company
    answers = {ask(stranger, ADMIN) for _ in range(6)}
    assert len(answers) == 1
    assert len(mails(portal)) == 5
    assert stranger.get(link(portal)).status_code == 200
    ask(stranger, MEMBER)
    assert len(mails(portal)) == 6
    portal.pass_time(hours=1)
    ask(stranger, ADMIN)

    assert [to for to, _ in mails(portal)] == [ADMIN]


def test_spellings_of_a_mailbox_count_together(portal: Portal, stranger: Browser) -> None:
    for number in range(6):
        email = f"ana+{number}@acme.example"
        portal.made("/people", email=email)
        ask(stranger, email)

    assert len(mails(portal)) == 5


def test_a_client_may_ask_for_thirty_links_an_hour(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    assert company
    for number in range(30):
        assert "on its way" in ask(stranger, f"p{number}@acme.example")
    portal.pass_time(minutes=30)
    answers = [stranger.submit("/ui/sign-in", {"email": each}) for each in (ADMIN, STRANGER)]

    assert [each.status_code for each in answers] == [429, 429]
    assert "Too many links were asked for from your network. Try again in 30 min." in text_of(answers[0])
    assert mails(portal) == []


@pytest.mark.parametrize("email", ["", "ana", "ana@", "a b@acme.example", 'x"@acme.example'])
def test_what_is_no_address_is_refused_at_the_field(stranger: Browser, email: str) -> None:
    answer = stranger.submit("/ui/sign-in", {"email": email, "next": "/ui/me"})

    assert answer.status_code == 422
    assert "Enter an e-mail address, such as ana@example.com." in text_of(answer)
    assert 'name="next" value="/ui/me"' in answer.text


def test_signing_in_leads_to_the_page_that_was_asked_for(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    assert company
    asked = stranger.get("/ui/?ending=30")
    page = stranger.get(asked.headers["location"])
    assert 'name="next" value="/ui/?ending=30"' in page.text
    ask(stranger, ADMIN, next="/ui/?ending=30")
    assert link(portal).endswith("?next=%2Fui%2F%3Fending%3D30")
    shown = stranger.get(link(portal))
    assert 'name="next" value="/ui/?ending=30"' in shown.text
    answer = stranger.submit(link(portal).partition("?")[0], {"next": "/ui/?ending=30"}, follow=False)

    assert answer.headers["location"] == "/ui/?ending=30"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/ui/",
        "//evil.example/ui/",
        "/ui//evil.example",
        "/ui/\\evil.example",
        "\\\\evil.example",
        "/ui/\r\nSet-Cookie: a=b",
        "/ui/ä",
        "/uix",
        "/partners",
        "/ui/sign-out",
        "/ui/sign-in?next=/ui/sign-in",
        f"/ui/{'a' * 2000}",
        "javascript:alert(1)",
        "",
        None,
    ],
)
def test_signing_in_leads_to_no_other_place(target: str | None) -> None:
    assert local_target(target) is None


def test_a_target_elsewhere_is_left_out_at_each_step(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    evil = "//evil.example"
    assert "evil.example" not in stranger.get("/ui/sign-in", params={"next": evil}).text
    ask(stranger, ADMIN, next=evil)
    path = link(portal)
    assert "next" not in path
    assert "evil.example" not in stranger.get(path, params={"next": evil}).text
    answer = stranger.submit(path, {"next": evil}, follow=False)

    assert answer.headers["location"] == f"/ui/teams/{company.integration}/members"


def test_a_person_with_several_teams_chooses_on_the_home_page(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    portal.made("/members", teamId=company.finance, email=ADMIN, role="member")
    ask(stranger, ADMIN)

    assert stranger.submit(link(portal), follow=False).headers["location"] == "/ui/"


def test_an_operator_begins_at_the_home_page(portal: Portal, company: Company, stranger: Browser) -> None:
    portal.made("/people", email=OPERATOR)
    portal.made("/members", teamId=company.finance, email=OPERATOR, role="member")
    ask(stranger, OPERATOR)

    assert stranger.submit(link(portal), follow=False).headers["location"] == "/ui/"


def test_signing_in_ends_the_session_that_the_browser_had(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    assert company
    browser = stranger.sign_in(MEMBER)
    earlier = browser.client.cookies["__Host-session"]
    with Browser(portal) as asking:
        ask(asking, ADMIN)
    assert f"You are signed in as {MEMBER} in this browser." in text_of(browser.get(link(portal)))
    assert browser.submit(link(portal), follow=False).status_code == 303
    assert browser.client.cookies["__Host-session"] != earlier
    browser.client.cookies.set("__Host-session", earlier, domain="portal.example")

    assert browser.get("/ui/").status_code == 303


def test_a_link_that_is_over_leads_a_signed_in_person_home(stranger: Browser, company: Company) -> None:
    assert company
    page = text_of(stranger.sign_in(ADMIN).get("/ui/sign-in/link/lnk_nothing"))

    assert f"You are signed in as {ADMIN}." in page


def test_a_form_of_another_site_signs_nobody_in(portal: Portal, company: Company, stranger: Browser) -> None:
    assert company
    ask(stranger, ADMIN)

    assert stranger.submit(link(portal), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_signed_in_person_has_no_sign_in_page(stranger: Browser, company: Company) -> None:
    assert company
    browser = stranger.sign_in(ADMIN)

    assert browser.get("/ui/sign-in").headers["location"] == "/ui/"
    assert browser.get("/ui/sign-in?next=/ui/me").headers["location"] == "/ui/me"


def test_after_signing_out_the_page_says_so(stranger: Browser, company: Company) -> None:
    assert company

    assert "You are signed out." in text_of(stranger.sign_in(ADMIN).submit("/ui/sign-out"))


def test_mails_with_links_to_sign_in_are_not_in_the_mailbox(
    portal: Portal, company: Company, stranger: Browser
) -> None:
    assert company
    ask(stranger, ADMIN)
    mailbox = portal.get("/mailbox").json()

    assert [mail["to"] for mail in mailbox["items"]] == [INVITED]
    assert mailbox["total"] == 1
    assert link(portal) not in portal.get("/audit").text


def test_codes_are_stored_as_hashes(portal: Portal, company: Company, stranger: Browser) -> None:
    assert company
    ask(stranger, ADMIN)
    code = link(portal).rpartition("/")[2]
    with portal.app.state.database.reading() as connection:
        [row] = connection.execute(text("SELECT * FROM sign_in_links"))
        counted = connection.execute(text("SELECT key FROM attempts")).scalars().all()

    assert code not in str(row)
    assert [ADMIN in key for key in counted] == [False, False]


def test_a_demo_shows_the_mails_to_administrators(tmp_path: Path) -> None:
    with (
        Portal(str(tmp_path / "demo.db"), site=SITE._replace(demo=True)) as portal,
        Browser(portal) as browser,
    ):
        found(portal)
        ask(browser, ADMIN)

        assert [mail["to"] for mail in portal.items("/mailbox")] == [INVITED, ADMIN]


def test_a_portal_without_mail_says_how_to_sign_in(tmp_path: Path) -> None:
    oidc = Oidc("https://id.example", "portal", name="Example ID")
    with Portal(str(tmp_path / "a.db"), site=SITE) as portal, Browser(portal) as browser:
        page, answer = browser.get("/ui/sign-in"), browser.submit("/ui/sign-in", {"email": ADMIN})
    with Portal(str(tmp_path / "b.db"), site=SITE._replace(oidc=oidc)) as portal, Browser(portal) as browser:
        single = browser.get("/ui/sign-in?next=/ui/me")
    with (
        Portal(str(tmp_path / "c.db"), site=SITE._replace(oidc=oidc, smtp=SMTP)) as portal,
        Browser(portal) as browser,
    ):
        both = browser.get("/ui/sign-in")

    assert "This portal sends no links by e-mail. Ask its operator for a link to sign in." in text_of(page)
    assert answer.status_code == 409
    assert 'href="/ui/sign-in/oidc?next=%2Fui%2Fme"' in single.text
    assert "E-mail address" not in text_of(single)
    assert 'href="/ui/sign-in/oidc"' in both.text
    assert "Continue with Example ID" in text_of(both)
    assert "E-mail address" in text_of(both)


def test_without_links_nobody_signs_in_by_mail(tmp_path: Path) -> None:
    site = SITE._replace(links=False, demo=True, oidc=Oidc("https://id.example", "portal", "s", "Halden"))
    with Portal(str(tmp_path / "portal.db"), site=site) as portal, Browser(portal) as browser:
        company = found(portal)
        shown = text_of(browser.get("/ui/sign-in"))
        refused = browser.submit("/ui/sign-in", {"email": ADMIN})
        code = re.search(
            r"/ui/invitations/(\S+)", portal.get(f"/mailbox?to={INVITED}").json()["items"][0]["text"]
        )
        assert code is not None
        accepted = browser.submit(f"/ui/invitations/{code[1]}", {"answer": "accept"}, follow=False)

    assert "Continue with Halden" in shown
    assert "Send me a link" not in shown
    assert (refused.status_code, "This portal sends no links by e-mail." in text_of(refused)) == (409, True)
    assert accepted.headers["location"] == f"/ui/sign-in?next=%2Fui%2Fteams%2F{company.integration}%2Fmembers"


def test_the_same_statements_run_whether_a_person_has_access_or_not(
    company: Company, stranger: Browser
) -> None:
    assert company
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    def run_for(email: str) -> list[str]:
        statements.clear()
        ask(stranger, email)
        return list(statements)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        known, unknown = run_for(ADMIN), run_for(STRANGER)
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert known == unknown
    assert [each.split("(")[0].strip() for each in known if each.startswith("INSERT")] == [
        "INSERT INTO attempts",
        "INSERT INTO attempts",
        "INSERT INTO sign_in_links",
        "INSERT INTO mails",
    ]

"""What holds for every page: sessions, the origin of forms, headers, errors."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, URL, Browser, text_of
from tests.portal_server.pages.company import ADMIN, MEMBER, Company

SignedIn = Callable[[str], Browser]


def test_a_stranger_is_sent_to_the_sign_in_page_and_back_afterwards(stranger: Browser) -> None:
    first, deep = stranger.get("/ui/"), stranger.get("/ui/?ending=30")

    assert (first.status_code, first.headers["location"]) == (303, "/ui/sign-in")
    assert deep.headers["location"] == "/ui/sign-in?next=%2Fui%2F%3Fending%3D30"


def test_the_home_page_names_the_teams_of_the_person(signed_in: SignedIn, company: Company) -> None:
    assert company.finance
    assert "Integration Acme Logistics Member" in text_of(signed_in(MEMBER).get("/ui/"))


@pytest.mark.parametrize("path", ["/", "/ui"])
def test_the_start_page_is_the_home_page(stranger: Browser, path: str) -> None:
    assert stranger.get(path).headers["location"] == "/ui/"


def test_every_page_has_the_headers_that_protect_it(stranger: Browser) -> None:
    headers = stranger.get("/ui/nothing").headers

    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_a_session_ends_after_an_hour_without_a_request(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    assert company
    browser = signed_in(ADMIN)
    for _ in range(3):
        portal.clock += timedelta(minutes=59)
        assert browser.get("/ui/").status_code == 200
    portal.clock += timedelta(minutes=60)
    assert browser.get("/ui/").status_code == 303


def test_a_session_ends_after_twelve_hours(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    assert company
    browser = signed_in(ADMIN)
    for _ in range(14):
        portal.clock += timedelta(minutes=50)
        assert browser.get("/ui/").status_code == 200
    portal.clock += timedelta(minutes=50)
    assert browser.get("/ui/").status_code == 303


def test_signing_out_ends_the_session_itself(signed_in: SignedIn, company: Company) -> None:
    assert company
    browser = signed_in(ADMIN)
    cookie = browser.client.cookies["__Host-session"]
    answer = browser.submit("/ui/sign-out", follow=False)

    assert answer.headers["location"] == "/ui/sign-in"
    assert answer.headers.get_list("set-cookie")[0] == (
        "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    )
    browser.client.cookies.set("__Host-session", cookie, domain="portal.example")
    assert browser.get("/ui/").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_of_another_site_is_refused(
    signed_in: SignedIn, company: Company, headers: dict[str, str]
) -> None:
    assert company
    answer = signed_in(ADMIN).submit("/ui/sign-out", headers=headers)

    assert answer.status_code == 403
    assert "This form was sent from another site." in text_of(answer)


def test_without_fetch_metadata_the_origin_decides(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    assert company
    browser = signed_in(ADMIN)

    def posted(headers: dict[str, str]) -> int:
        form = {"csrf": browser.csrf}
        return portal.runner.run(browser.client.post("/ui/sign-out", data=form, headers=headers)).status_code

    assert posted({}) == 403
    assert posted({"Origin": "null"}) == 403
    assert posted({"Origin": "https://portal.example.evil.example"}) == 403
    assert posted({"Origin": URL}) == 303


def test_a_form_without_the_token_of_the_session_is_refused(signed_in: SignedIn, company: Company) -> None:
    assert company
    browser = signed_in(ADMIN)

    assert browser.submit("/ui/sign-out", {"csrf": "other"}).status_code == 403
    assert browser.get("/ui/").status_code == 200


def test_pages_answer_only_for_the_public_address(stranger: Browser) -> None:
    answer = stranger.get("/ui/", headers={"Host": "rebound.example"})

    assert (answer.status_code, "have another address" in text_of(answer)) == (421, True)


def test_teams_of_others_do_not_exist(signed_in: SignedIn, company: Company) -> None:
    for email in (ADMIN, MEMBER):
        answer = signed_in(email).get(f"/ui/teams/{company.globex_ops}/members")
        assert answer.status_code == 404, email
    assert signed_in(OPERATOR).get("/ui/nothing").status_code == 404

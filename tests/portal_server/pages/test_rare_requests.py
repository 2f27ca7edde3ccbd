"""What browsers seldom send, and what the pages answer: other methods, odd forms, failures."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from reconciler.portal_server import PortalServerError, create_app
from reconciler.portal_server.pages import layout
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import SITE, URL, Browser, text_of
from tests.portal_server.pages.company import ADMIN, Company

SignedIn = Callable[[str], Browser]
MULTIPART = "multipart/form-data; boundary=b"


def posted(browser: Browser, body: bytes, content_type: str) -> tuple[int, str]:
    headers = {"Origin": URL, "Content-Type": content_type}
    answer = browser.portal.runner.run(browser.client.post("/ui/sign-in", content=body, headers=headers))
    return answer.status_code, text_of(answer)


def test_a_static_file_is_kept_by_browsers(stranger: Browser) -> None:
    page = stranger.get("/ui/sign-in").text
    sheet = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    found = stranger.get(sheet)

    assert (found.status_code, found.headers["content-type"], found.headers["cache-control"]) == (
        200,
        "text/css; charset=utf-8",
        "public, max-age=31536000, immutable",
    )
    assert stranger.get(sheet.rpartition("/")[0] + "/none.css").status_code == 404


def test_a_changed_notice_is_not_shown(signed_in: SignedIn, company: Company) -> None:
    assert company
    browser = signed_in(ADMIN)
    answer = browser.submit("/ui/sign-out", follow=False)
    name, _, value = answer.headers.get_list("set-cookie")[1].partition(";")[0].partition("=")
    changed = ("A" if value[0] != "A" else "B") + value[1:]

    shown = [
        "You are signed out." in text_of(browser.get("/ui/sign-in", headers={"Cookie": f"{name}={each}"}))
        for each in (value, changed)
    ]
    assert shown == [True, False]


def test_there_are_no_mails_to_read_without_a_demo(stranger: Browser) -> None:
    assert stranger.get("/ui/demo/mail").status_code == 404


def test_a_demo_shows_more_mails_than_are_read_at_once(tmp_path: Path) -> None:
    with Portal(str(tmp_path / "demo.db"), site=SITE._replace(demo=True)) as portal:
        team = portal.team()
        for number in range(26):
            portal.member(team, f"p{number:02}@acme.example")
        with Browser(portal) as browser:
            page = browser.get("/ui/demo/mail").text

    assert page.index("p25@acme.example") < page.index("p00@acme.example")


def test_a_page_without_a_form_takes_no_post(stranger: Browser) -> None:
    assert stranger.submit("/ui/").status_code == 405


@pytest.mark.parametrize("path", ["/ui/teams/%00/members", "/ui/sign-in?next=%00"])
def test_a_nul_in_an_address_leads_nowhere(stranger: Browser, path: str) -> None:
    assert stranger.get(path).status_code == 404


def test_a_form_after_the_session_says_that_it_has_ended(stranger: Browser) -> None:
    answer = stranger.submit("/ui/sign-out")

    assert answer.status_code == 401
    assert "Your session has ended. Sign in, and try again; nothing was changed." in text_of(answer)


def locked() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("SELECT secret", {}, cause)


@pytest.mark.parametrize(
    ("error", "status", "retry", "told"),
    [
        (locked(), 503, "1", "The portal is busy. Try again in a moment."),
        (RuntimeError("secret"), 500, None, "Something went wrong."),
    ],
)
def test_a_failure_is_told_without_details(
    stranger: Browser,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    retry: str | None,
    told: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(layout, "page", fail)
    answer = stranger.get("/ui/sign-in")

    assert (answer.status_code, answer.headers.get("retry-after")) == (status, retry)
    assert told in text_of(answer)
    assert "secret" not in answer.text


def test_a_client_that_goes_away_gets_no_answer(portal: Portal) -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    headers = {"host": "portal.example", "origin": URL, "content-type": "application/x-www-form-urlencoded"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/ui/sign-in",
        "raw_path": b"/ui/sign-in",
        "root_path": "",
        "scheme": "https",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("203.0.113.5", 1),
        "server": ("portal.example", 443),
    }
    portal.runner.run(portal.app(scope, receive, send))

    assert sent == []


@pytest.mark.parametrize(
    ("body", "content_type", "status", "told"),
    [
        (b"{}", "application/json", 415, "The content type must be application/x-www-form-urlencoded or"),
        (b"email=%FF", "application/x-www-form-urlencoded", 400, "The form could not be read."),
        (b"email=%00", "application/x-www-form-urlencoded", 400, "The form contains a NUL character."),
        (b"no part", MULTIPART, 400, "The form could not be read."),
        (b"", "multipart/form-data", 400, "The form could not be read."),
        (b"--b--", f"{MULTIPART}; charset=utf-7", 415, "The form must be encoded in UTF-8."),
    ],
)
def test_what_is_no_form_is_refused(
    stranger: Browser, body: bytes, content_type: str, status: int, told: str
) -> None:
    found, page = posted(stranger, body, content_type)

    assert found == status
    assert told in page


def test_an_invalid_url_of_a_database_is_refused_without_its_password() -> None:
    with pytest.raises(PortalServerError) as caught:
        create_app("postgresql://ana:hunter2@host:port/portal")

    assert str(caught.value) == "the database URL is invalid"


def test_a_database_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PortalServerError) as caught:
        create_app(str(tmp_path))

    assert str(caught.value) == f"{tmp_path}: the database cannot be opened: Is a directory"


def test_a_team_that_adds_many_people_is_told_when_it_can_add_more(portal: Portal) -> None:
    team = portal.team()
    token = portal.token("team", team)
    body = {"teamId": team["id"], "role": "member"}
    for number in range(100):
        added = portal.post("/members", {**body, "email": f"p{number}@acme.example"}, token=token)
        assert added.status_code == 201
    portal.pass_time(minutes=59)
    refused = portal.post("/members", {**body, "email": "more@acme.example"}, token=token)

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert refused.json()["detail"] == "A team can add at most 100 people per hour."

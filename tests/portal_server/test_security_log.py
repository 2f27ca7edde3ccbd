import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.portal_server import security_log
from reconciler.portal_server.identity import sign_in_links
from tests.portal_server.driver import START, Portal
from tests.portal_server.pages.browser import OPERATOR, SITE, Browser, text_of
from tests.portal_server.pages.company import ADMIN, MEMBER, found


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    caplog.set_level(logging.INFO, logger=security_log.LOGGER.name)
    return lambda: [json.loads(record.getMessage()) for record in caplog.records]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with Portal(str(tmp_path / "portal.db"), site=SITE._replace(demo=True)) as opened:
        yield opened


def test_refused_requests_are_events_without_tokens_and_paths(
    portal: Portal, events: Callable[[], list[dict[str, Any]]]
) -> None:
    reader = portal.post("/tokens", {"name": "viewer\r\n", "scope": "read"})
    assert reader.status_code == 422
    reader = portal.post("/tokens", {"name": "viewer", "scope": "read"})
    portal.send("GET", "/partners", token="rpt_secret")
    portal.send("DELETE", "/partners/par_1", token=reader.json()["token"])
    portal.get("/partners/par_1")

    common = {"at": "2026-03-01T12:00:00Z", "event": "refused", "client": "127.0.0.1"}
    assert events() == [
        {**common, "status": 401, "method": "GET", "route": "/partners"},
        {**common, "status": 403, "method": "DELETE", "route": "/partners/{id}", "caller": "viewer"},
    ]


def test_refused_forms_and_pages_are_events(
    portal: Portal, events: Callable[[], list[dict[str, Any]]]
) -> None:
    found(portal)
    with Browser(portal) as browser:
        browser.sign_in(ADMIN).submit("/ui/sign-out", {"csrf": "other"})
        browser.get("/ui/", headers={"Host": "rebound.example"})

    common = {"at": "2026-03-01T12:00:00Z", "event": "refused", "client": "127.0.0.1"}
    assert events() == [
        {**common, "status": 403, "method": "POST", "route": "/ui/sign-out", "caller": ADMIN},
        {**common, "status": 421, "method": "GET", "route": "/ui/"},
    ]


def test_signing_in_and_out_are_events_without_codes(
    portal: Portal, events: Callable[[], list[dict[str, Any]]]
) -> None:
    found(portal)
    with Browser(portal) as browser:
        for email in (ADMIN, "nobody@acme.example"):
            browser.submit("/ui/sign-in", {"email": email})
        with portal.app.state.database.writing() as connection:
            link = sign_in_links.create(connection, portal.clock, ADMIN)
        browser.submit(link, follow=False)
        browser.csrf = re.findall('name="csrf" value="([^"]+)', browser.get("/ui/me").text)[0]
        browser.submit(link, follow=False)
        answer = browser.submit("/ui/sign-out", follow=False)

    link_used = {"caller": ADMIN, "method": "link", "client": "127.0.0.1"}
    assert [{key: value for key, value in each.items() if key != "at"} for each in events()] == [
        {"event": "sign-in-link", **link_used},
        {"event": "sign-in-refused", **link_used, "caller": "nobody@acme.example", "reason": "no access"},
        {"event": "sign-in", **link_used},
        {
            "event": "sign-in-refused",
            "method": "link",
            "client": "127.0.0.1",
            "reason": "the link is not valid",
        },
        {"event": "sign-out", **link_used},
    ]
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


def test_ended_sessions_are_events(portal: Portal, events: Callable[[], list[dict[str, Any]]]) -> None:
    sample = found(portal)
    (account,) = [each["id"] for each in portal.items("/people") if each["email"] == MEMBER]
    with Browser(portal) as browser, Browser(portal) as other, Browser(portal) as operator:
        browser.sign_in(MEMBER)
        other.sign_in(MEMBER).submit("/ui/me/sessions/end")
        assert browser.get("/ui/me").status_code == 303
        browser.sign_in(MEMBER)
        operator.sign_in(OPERATOR)
        page = operator.submit(f"/ui/operator/people/{account}/sessions/end")
        assert "bo@acme.example is signed out everywhere." in text_of(page)
        assert [each.get("/ui/me").status_code for each in (browser, other)] == [303, 303]
        other.sign_in(MEMBER)
        portal.delete(f"/members/{sample.bo}")
        assert portal.delete(f"/people/{account}").status_code == 204
        assert other.get("/ui/me").status_code == 303

    ended = {"at": "2026-03-01T12:00:00Z", "event": "sessions-ended", "person": MEMBER}
    assert events() == [
        {**ended, "caller": MEMBER, "sessions": 1, "client": "127.0.0.1"},
        {**ended, "caller": OPERATOR, "sessions": 2},
        {**ended, "caller": "the administrator", "sessions": 1},
    ]


def test_deleting_an_account_without_a_session_ends_none(
    portal: Portal, events: Callable[[], list[dict[str, Any]]]
) -> None:
    account = portal.made("/people", email="former@acme.example")["id"]

    assert portal.delete(f"/people/{account}").status_code == 204
    assert events() == []


def test_a_served_portal_writes_events_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    handlers, propagate = list(security_log.LOGGER.handlers), security_log.LOGGER.propagate
    try:
        security_log.send_to_stderr()
        security_log.record(START, "sign-out", person="ana@acme.example\n{}", method=None)
    finally:
        security_log.LOGGER.handlers, security_log.LOGGER.propagate = handlers, propagate
        security_log.LOGGER.setLevel(logging.NOTSET)
    assert capsys.readouterr().err == (
        '{"at":"2026-03-01T12:00:00Z","event":"sign-out","person":"ana@acme.example\\n{}"}\n'
    )

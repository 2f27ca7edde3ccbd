import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.portal_server import security_log
from tests.portal_server.driver import START, Portal
from tests.portal_server.pages.browser import SITE, Browser
from tests.portal_server.pages.company import ADMIN, found


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    caplog.set_level(logging.INFO, logger=security_log.LOGGER.name)
    return lambda: [json.loads(record.getMessage()) for record in caplog.records]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with Portal(str(tmp_path / "portal.db"), site=SITE) as opened:
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

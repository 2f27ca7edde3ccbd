import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from reconciler.portal_server import RateLimit
from reconciler.portal_server.storage import database as databases
from reconciler.portal_server.storage.tables import request_counts
from tests.portal_server.driver import Portal
from tests.portal_server.statements import statements


def test_an_unknown_path_is_404_and_an_unknown_method_405(sqlite_portal: Portal) -> None:
    missing = sqlite_portal.get("/nothing")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")

    for path, allow in (
        ("/partners", "GET, HEAD, POST"),
        ("/partners/par_0", "DELETE, GET, HEAD, PATCH"),
        ("/members/mem_0/invitation", "POST"),
    ):
        refusal = sqlite_portal.send("PUT", path)
        assert (refusal.status_code, refusal.headers["allow"], refusal.json()["status"]) == (405, allow, 405)


def test_health_and_description_need_no_token(sqlite_portal: Portal) -> None:
    assert sqlite_portal.get("/health", token=None).json() == {"status": "ok"}
    assert sqlite_portal.get("/openapi.json", token=None).json()["openapi"] == "3.1.0"


def test_head_is_get_without_the_body(sqlite_portal: Portal) -> None:
    seen = sqlite_portal.get("/partners")
    head = sqlite_portal.send("HEAD", "/partners")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == seen.headers


def test_the_portal_returns_its_instance(portal: Portal) -> None:
    said = portal.get("/portal").json()

    assert (said["name"], said["version"], said["time"], said["maxLimit"]) == (
        "Embedded portal",
        "1.4.0",
        "2026-03-01T12:00:00Z",
        5000,
    )
    assert portal.get("/portal").json() == said


def test_what_nobody_foresaw_is_500_without_details(
    sqlite_portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite_portal.app.state.database.writing() as connection:
        connection.execute(text("ALTER TABLE apis RENAME COLUMN owner TO keeper"))
    refusal = sqlite_portal.post("/apis", {"name": "a", "displayName": "Confidential", "owner": "o"})

    assert refusal.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Internal error; see the log of the portal.",
    }
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "Confidential" not in caplog.text
    assert sqlite_portal.admin not in caplog.text


def test_a_database_that_another_keeps_is_503(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0.01)
    path = tmp_path / "portal.db"
    with Portal(str(path)) as portal, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refusal = portal.post("/apis", {"name": "a", "displayName": "A", "owner": "o"})
        assert (refusal.status_code, refusal.headers["retry-after"]) == (503, "1")
        assert portal.get("/apis").status_code == 200
        other.execute("ROLLBACK")
        portal.api()


def test_more_than_the_rate_limit_is_429_until_the_window_ends(tmp_path: Path) -> None:
    with Portal(str(tmp_path / "portal.db"), rate_limit=RateLimit(requests=2, seconds=60)) as portal:
        answers = [portal.get("/me") for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert [each.headers["ratelimit-remaining"] for each in answers] == ["1", "0", "0"]
        assert answers[2].headers["retry-after"] == answers[2].headers["ratelimit-reset"] == "60"
        assert [portal.get("/me", token=token).status_code for token in ("wrong", "other", "third")] == [
            401,
            401,
            429,
        ]
        assert portal.get("/health", token=None).status_code == 200

        portal.pass_time(seconds=59)
        assert portal.get("/me").headers["retry-after"] == "1"
        portal.pass_time(seconds=1)
        assert portal.get("/me").status_code == 200


def test_the_rate_limit_holds_for_all_processes_of_a_database(database: str) -> None:
    limit = RateLimit(requests=3, seconds=60)
    with Portal(database, rate_limit=limit) as first, Portal(database, rate_limit=limit) as second:
        answers = [portal.get("/me", token=first.admin) for portal in (first, second) * 2]

        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        assert [each.headers["ratelimit-remaining"] for each in answers] == ["2", "1", "0", "0"]
        assert second.get("/me").status_code == 200

        first.pass_time(minutes=2)
        assert first.get("/me").status_code == 200
        with first.app.state.database.reading() as connection:
            counts = connection.execute(select(request_counts.c.began_at, request_counts.c.requests)).all()
        assert counts == [("2026-03-01T12:02:00Z", 1)]


def test_without_a_rate_limit_no_reading_request_writes(sqlite_portal: Portal) -> None:
    with statements() as executed:
        assert sqlite_portal.get("/me").status_code == 200
    assert [each for each in executed if not each.startswith(("BEGIN", "SELECT"))] == []
    assert "BEGIN IMMEDIATE" not in executed


def test_every_response_has_the_headers_that_protect_browsers(sqlite_portal: Portal) -> None:
    for path in ("/partners", "/nothing", "/openapi.json"):
        headers = sqlite_portal.get(path).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'", path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["cache-control"] == "no-store", path
        assert "strict-transport-security" not in headers, path

"""Filling the demo's portal with the files."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.errors import PolicyError
from reconciler.portal_server import ApiEntry, Operator, create_app
from reconciler.workflow.demo import fill
from reconciler.workflow.validate import check
from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place
from tests.portal_server.driver import Portal

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    return Place(tmp_path, capsys).write(
        reconciler=CONFIGURATION,
        catalog=CATALOG,
        partners__acme=PARTNER,
        **{"access-groups__tracking": GROUP},
    )


def filled(place: Place) -> str:
    database = str(place.folder / "demo.db")
    app = create_app(
        database, apis=[ApiEntry("tracking-v2", "Tracking", "logistics")], operator=Operator("demo", "token")
    )
    checked = check(place.folder / "reconciler.yaml", "2026-11-24")
    try:
        asyncio.run(fill(checked, "local", app, "token", lambda: NOW, None))
    finally:
        app.state.database.close()
    return database


def test_a_portal_gets_what_the_files_define(place: Place) -> None:
    with Portal(filled(place)) as portal:
        assert [each["name"] for each in portal.items("/partners")] == ["acme"]
        assert [each["email"] for each in portal.items("/members")] == ["ana@acme.example"]


def test_files_with_errors_fill_no_portal(place: Place) -> None:
    place.write(partners__acme="kind: Nothing")

    with pytest.raises(PolicyError, match="the files of the demo are not valid"):
        filled(place)

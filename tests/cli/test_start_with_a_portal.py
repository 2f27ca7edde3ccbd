"""The page for people who have a portal already, followed word for word in front of such a portal."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.cli.found_portal import fill
from tests.cli.running import TODAY, Place
from tests.cli.test_start_a_repository import BLOCK, printed
from tests.clocks import start_at

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "start-with-a-portal-that-exists.md"


def test_the_page_leads_from_a_portal_to_a_plan_without_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fill(tmp_path / ".reconciler" / "portal.db")
    place = Place(tmp_path, capsys)
    start_at(datetime.fromisoformat(f"{TODAY}T12:00:00Z"), monkeypatch)
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))

    ran = [each for language, text in blocks if language == "console" for each in printed(place, text)]

    assert [command for command, _ in ran] == [
        "reconciler init",
        "reconciler validate",
        "reconciler adopt",
        "reconciler apply",
        "reconciler plan",
    ]
    assert [each for each in ran if each[1]] == []
    for language, block in blocks:
        path, _, text = block.partition("\n")
        if language == "yaml":
            assert (tmp_path / path.removeprefix("# ")).read_text() == text

"""The page for people who have a portal already, followed word for word in front of such a portal."""

from pathlib import Path

import pytest

from tests.cli.found_portal import fill
from tests.cli.running import Place
from tests.cli.test_start_a_repository import BLOCK, printed, saved

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "start-with-a-portal-that-exists.md"


def test_the_page_leads_from_a_portal_to_a_plan_without_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fill(tmp_path / ".reconciler" / "portal.db")
    place = Place(tmp_path, capsys)
    blocks = [(language, text.partition("\n")) for language, text in BLOCK.findall(PAGE.read_text("utf-8"))]
    (_, configuration), *others = blocks

    [*saved(place, "".join(configuration))]
    ran = [
        each for language, text in others if language == "console" for each in printed(place, "".join(text))
    ]

    assert [command for command, _ in ran] == [
        "reconciler export",
        "reconciler validate",
        "reconciler adopt",
        "reconciler apply",
        "reconciler plan",
    ]
    assert [each for each in ran if each[1]] == []
    for language, (path, _, text) in others:
        if language == "yaml":
            assert (tmp_path / path.removeprefix("# ")).read_text() == text

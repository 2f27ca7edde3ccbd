from pathlib import Path

import pytest

from reconciler.cli.ci import job_summary


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path / "summary.md"


def test_as_much_is_written_as_github_takes(page: Path) -> None:
    job_summary.write(lambda largest: "x" * largest, "brief")

    assert page.read_text() == "x" * 900_000 + "\n"


def test_what_has_more_bytes_than_characters_is_rendered_smaller(page: Path) -> None:
    job_summary.write(lambda largest: "🔴" * largest, "brief")

    assert page.read_text() == "🔴" * 225_000 + "\n"


def test_what_is_larger_than_it_was_to_be_is_told_briefly(page: Path) -> None:
    job_summary.write(lambda largest: "🔴" * (largest + 1), "brief")

    assert page.read_text() == "brief\n"


def test_where_there_is_no_such_page_nothing_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    rendered: list[int] = []

    def render(largest: int) -> str:
        rendered.append(largest)
        return ""

    job_summary.write(render, "brief")
    assert rendered == []

"""What the page shows is what its commands print."""

from pathlib import Path

import pytest

from tests.documents.console_page import PAGE, page


def test_the_page_shows_what_its_commands_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PAGE.read_text("utf-8") == page(tmp_path, monkeypatch)

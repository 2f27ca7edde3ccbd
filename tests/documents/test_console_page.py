"""What a page shows is what its commands print."""

from pathlib import Path

import pytest

from tests.documents.console_page import PAGES, page


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_page_shows_what_its_commands_print(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert path.read_text("utf-8") == page(path, tmp_path, monkeypatch)

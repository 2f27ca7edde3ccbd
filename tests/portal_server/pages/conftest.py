import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import SITE, Browser
from tests.portal_server.pages.company import Company, found


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal with pages, on SQLite; what depends on the database is tested on both."""
    with Portal(str(tmp_path / "portal.db"), site=SITE) as opened:
        yield opened


@pytest.fixture
def company(portal: Portal) -> Company:
    return found(portal)


@pytest.fixture
def signed_in(portal: Portal) -> Iterator[Callable[[str], Browser]]:
    """What opens a browser in which a person is signed in."""
    with ExitStack() as opened:
        yield lambda email: opened.enter_context(Browser(portal)).sign_in(email)


@pytest.fixture
def stranger(portal: Portal) -> Iterator[Browser]:
    with Browser(portal) as browser:
        yield browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Chromium; its tests are marked `no_cover` and `xdist_group("chromium")`, so that few are started."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()

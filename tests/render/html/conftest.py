"""Pages in Chromium: one browser a module, and no page may log, load or fail anything."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from reconciler.model.plan import Plan
from reconciler.render import html

Opening: TypeAlias = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests with a browser in one process, so that each module starts one."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.no_cover)
            item.add_marker(pytest.mark.xdist_group("chromium"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Opening]:
    """What opens a plan's page; in the end none has complained, asked for anything, or run into an error."""
    file, heard, pages = tmp_path / "plan.html", list[str](), list[Page]()

    def opening(made: Plan, *, address: str = "", link: str = "", **context: Any) -> Page:
        file.write_text(html.plan(made, link=link), encoding="utf-8")
        page = chromium.new_page(**{"viewport": {"width": 1280, "height": 900}, **context})
        pages.append(page)
        page.on("console", lambda said: heard.append(said.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: heard.append(dialog.message))
        page.on("request", lambda asked: heard.append(asked.url))
        page.goto(f"{file.as_uri()}{address}")
        return page

    yield opening
    for page in pages:
        page.context.close()
    assert [said for said in heard if not said.startswith(file.as_uri())] == []

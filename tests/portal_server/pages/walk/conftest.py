from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser

from tests.portal_server.pages.walk.served import Look, Opened, Served, served_sample
from tests.portal_server.pages.walk.walks import Walk

Opening: TypeAlias = Callable[[Walk, Look], Opened]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample, which no test that shares it may change."""
    with served_sample(tmp_path_factory.mktemp("sample")) as opened:
        yield opened


@pytest.fixture(scope="module")
def tabs(chromium: Browser, sample: Served) -> Iterator[Callable[[str | None, Look], Opened]]:
    """What returns the tab of a person, the same one each time: starting one takes longer than a page."""
    found: dict[tuple[str | None, Look], Opened] = {}

    def of(person: str | None, look: Look) -> Opened:
        key = person, look
        if key not in found:
            found[key] = Opened(sample.context(chromium, person, look), sample.address_of(person))
        return found[key]

    yield of
    for each in found.values():
        each.page.context.close()


@pytest.fixture
def opened(sample: Served, tabs: Callable[[str | None, Look], Opened]) -> Iterator[Opening]:
    """What opens a page as a walk says; in the end, no page has complained."""
    shown: list[Opened] = []

    def opening(walk: Walk, look: Look) -> Opened:
        tab = tabs(walk.person, look)
        tab.complaints.clear()
        shown.append(tab)
        assert tab.open(sample.url(walk)).status == walk.status, f"{walk.path} as {walk.person}"
        return tab

    yield opening
    assert [each for tab in shown for each in tab.complaints] == []

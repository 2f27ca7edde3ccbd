"""Every page as each person, in each state: wide, on a phone, light, dark, and without scripts."""

import re
from collections import defaultdict
from os import environ
from pathlib import Path
from typing import Final

import httpx2
import pytest

from reconciler.portal_server.pages.routes import PAGES
from tests.portal_server.pages.inspection import SIDEWAYS, faults
from tests.portal_server.pages.walk.conftest import Opening
from tests.portal_server.pages.walk.keyboard import count_controls, stops
from tests.portal_server.pages.walk.served import LOOKS, Look, Served
from tests.portal_server.pages.walk.walks import DOWNLOADS, WALKS, Walk

_SHOWN: Final = {page.path: page.show for page in PAGES if page.show is not None}
_MISSING: Final = "/ui/{rest:path}"
_FIRST: Final = list({walk.page: walk for walk in reversed(WALKS)}.values())[::-1]
# `PICTURES=folder ./check real` saves how each page looks.
_PICTURES: Final = environ.get("PICTURES")


def _named(value: object) -> str | None:
    if isinstance(value, Walk):
        return f"{value.path} as {value.person or 'a stranger'}"
    if isinstance(value, Look):
        return f"{value.width} {value.scheme}{'' if value.scripts else ' without scripts'}"
    return None


def test_there_is_a_walk_for_every_page() -> None:
    assert sorted({walk.page for walk in WALKS} | DOWNLOADS) == sorted({*_SHOWN, _MISSING})


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
def test_each_page_has_one_heading_and_a_title_of_its_own(sample: Served) -> None:
    titles = defaultdict[str, set[object]](set)
    with httpx2.Client(follow_redirects=True) as client:
        for walk in WALKS:
            cookie = "; ".join(f"{name}={value}" for name, value in sample.cookies(walk.person).items())
            answer = client.get(sample.url(walk), headers={"Cookie": cookie})
            assert answer.status_code == walk.status, _named(walk)
            assert answer.text.count("<h1") == 1, _named(walk)
            if answer.is_success and not answer.history:
                (title,) = re.findall("<title>(.*?)</title>", answer.text)
                titles[title].add(_SHOWN[walk.page])

    assert {title: pages for title, pages in titles.items() if len(pages) > 1} == {}


def _inspect(opened: Opening, walk: Walk, look: Look) -> None:
    made = opened(walk, look)
    if _PICTURES:
        name = re.sub(r"\W+", "-", f"{walk.path} {walk.person} {look.width} {look.scheme}")
        made.page.screenshot(path=Path(_PICTURES) / f"walk{name}.png", full_page=True)
    if look.scripts:
        assert faults(made.page) == []
    else:
        assert made.page.evaluate(SIDEWAYS) == 0


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
@pytest.mark.parametrize(
    ("walk", "look"), [(walk, LOOKS[0 if n % 2 else 3]) for n, walk in enumerate(_FIRST)], ids=_named
)
def test_no_page_has_a_fault(opened: Opening, walk: Walk, look: Look) -> None:
    _inspect(opened, walk, look)


@pytest.mark.no_cover
@pytest.mark.real
@pytest.mark.xdist_group("chromium")
@pytest.mark.parametrize("look", LOOKS, ids=_named)
@pytest.mark.parametrize("walk", WALKS, ids=_named)
def test_no_state_of_a_page_has_a_fault(opened: Opening, walk: Walk, look: Look) -> None:
    _inspect(opened, walk, look)


@pytest.mark.no_cover
@pytest.mark.real
@pytest.mark.xdist_group("chromium")
@pytest.mark.parametrize("walk", _FIRST, ids=_named)
def test_the_keyboard_reaches_every_control_where_it_can_be_seen(opened: Opening, walk: Walk) -> None:
    page = opened(walk, LOOKS[2]).page
    page.evaluate("document.activeElement.blur()")

    assert stops(page) == (count_controls(page), [])

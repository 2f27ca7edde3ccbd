"""What fits into a screen: the matrix beside its names, lists on a phone, and a picture of the whole page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from reconciler.model.access import AccessChange, Impact
from reconciler.model.finding import Finding, Severity
from reconciler.model.plan import Plan
from reconciler.render import table_html
from tests.render.html.samples import big, several
from tests.render.plans import bare

_BEYOND = """() => {
  const {scrollWidth, clientWidth} = document.querySelector("#matrix > .scroll");
  return scrollWidth - clientWidth;
}"""
_CUT = """() => [...document.querySelectorAll("#grid .to")].filter((each) =>
  each.getBoundingClientRect().right > each.closest("td").getBoundingClientRect().right).length"""
_PHONE = ViewportSize(width=400, height=800)
# How far the second cell of the first change is from what the first one says.
_GAP = """() => {
  const [first, second] = document.querySelector(".changes tr:not(.section):not(thead tr)").cells;
  const said = document.createRange();
  said.selectNodeContents(first);
  const own = document.createRange();
  own.selectNodeContents(second);
  return own.getBoundingClientRect().left - said.getBoundingClientRect().right;
}"""


def wide(number: int) -> Plan:
    """Return a plan by which a team loses so many APIs and gains as many."""
    who = ("fjordhandel/integration", ("ana@f.example",), ("access-group/g",), None)
    return bare(
        changes=several().changes,
        access=Impact(
            tuple(
                AccessChange(f"tracking-events-{each}", "view", "consume", *who)
                for each in range(0, number, 2)
            ),
            tuple(
                AccessChange(f"tracking-events-{each}", "consume", "none", *who)
                for each in range(1, number, 2)
            ),
        ),
    )


@pytest.mark.parametrize(("number", "width"), [(2, 140), (7, 128), (8, 112)])
def test_eight_apis_fit_side_by_side_on_a_small_laptop(
    opened: Callable[..., Page], number: int, width: int
) -> None:
    page = opened(wide(number), viewport={"width": 1200, "height": 800})

    assert page.evaluate(_BEYOND) == 0
    assert round(page.evaluate("document.querySelector('#grid td').getBoundingClientRect().width")) == width


def test_no_level_is_cut_in_the_narrowest_cell(opened: Callable[..., Page]) -> None:
    page = opened(wide(30), viewport={"width": 1200, "height": 800})

    assert page.evaluate(_CUT) == 0


def test_on_a_phone_there_is_a_gap_between_action_and_name(opened: Callable[..., Page]) -> None:
    assert opened(several(), viewport=_PHONE).evaluate(_GAP) >= 8


@pytest.mark.parametrize(("made", "drawn"), [(several(), "visible"), (big(600), "auto")])
def test_only_very_long_lists_wait_until_they_are_in_sight(
    opened: Callable[..., Page], made: Plan, drawn: str
) -> None:
    page = opened(made)

    assert (
        page.evaluate(
            "getComputedStyle(document.querySelector('.changes').closest('section')).contentVisibility"
        )
        == drawn
    )


def test_on_a_phone_findings_are_no_table_and_no_word_is_broken(chromium: Browser) -> None:
    finding = Finding(
        rule="unknown-reference",
        severity=Severity.ERROR,
        message="no such group",
        file="partners/a.yaml",
        line=7,
    )
    page = chromium.new_page(viewport=_PHONE)
    page.set_content(table_html.findings((finding,), files=1, documents=1))

    tops = page.evaluate("[...document.querySelectorAll('td')].map((each) => each.getClientRects()[0].top)")
    lines = page.evaluate("[...document.querySelectorAll('td')].map((each) => each.getClientRects().length)")
    assert (tops[0] == tops[1] < tops[2] < tops[3], lines) == (True, [1, 1, 1, 1])
    assert page.locator("td").all_inner_texts() == [
        "error",
        "partners/a.yaml:7",
        "no such group",
        "unknown-reference",
    ]
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    page.close()

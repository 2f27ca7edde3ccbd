"""The access matrix in a browser: what it shows, what is drawn of a cell, and how keys move in it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.render.html.samples import big, elements, matrix, mixed, several

WHOLE = {
    "acme/ops": {"tracking": "−consume → none"},  # noqa: RUF001  a minus
    "bolt/web": dict.fromkeys(("labels", "rates"), "−consume → view"),  # noqa: RUF001  a minus
    "core/app": dict.fromkeys(("labels", "rates"), "+none → consume"),
}
MOST_ELEMENTS = 12_000
# In one round trip, for the many that a test asks about.
_DRAWN = "() => [...document.querySelectorAll('#picked svg text')].map((each) => each.textContent)"
_FOCUSED = "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"

_OUTLINED = """() => {
  const focused = document.activeElement;
  return [focused.tagName, getComputedStyle(focused).outlineStyle];
}"""


def test_the_matrix_shows_who_gains_and_who_loses_what(opened: Callable[..., Page]) -> None:
    page = opened(several())

    assert matrix(page) == WHOLE
    assert page.inner_text("#count") == "3 teams, 3 APIs, 6 changes"


def test_apis_with_losses_are_the_first_columns(opened: Callable[..., Page]) -> None:
    page = opened(several())

    assert page.locator("#grid thead th").all_inner_texts() == ["Team", "labels", "rates", "tracking"]


def test_a_cell_tells_those_who_gain_from_those_who_lose_and_a_person_has_a_row(
    opened: Callable[..., Page],
) -> None:
    page = opened(mixed())

    assert matrix(page) == {
        "acme/ops": {
            "api": "−consume → none\n1 of 3 affected\n+view → consume\n2 of 3 affected"  # noqa: RUF001  a minus
        },
        "zoe@z.example": {"api": "+none → view"},
    }
    assert page.inner_text("#count") == "1 team, 1 person, 1 API, 1 change"


def test_rows_can_be_partners(opened: Callable[..., Page]) -> None:
    page = opened(several())
    page.select_option("[name=rows]", "partner")

    assert matrix(page) == {name.partition("/")[0]: cells for name, cells in WHOLE.items()}


def test_picking_a_cell_draws_its_path_with_its_end(opened: Callable[..., Page]) -> None:
    page = opened(several())
    page.get_by_role("button", name="core/app, rates: gains, none → consume, 1 person").click()

    assert page.evaluate(_DRAWN) == [
        *("Partner", "Team", "Access group", "API product", "API"),
        "until 2027-12-31",
        *("core", "app", "gold", "suite", "rates+ none → consume"),
    ]
    assert page.locator(".paths li").all_inner_texts() == [
        "+ none → consume: core/app → gold → suite → rates, until 2027-12-31\ndi@core.example"
    ]


def test_where_there_is_no_room_the_path_is_a_tree_that_fits(opened: Callable[..., Page]) -> None:
    page = opened(several(), viewport={"width": 400, "height": 800})
    page.get_by_role("button", name="core/app, rates: gains").click()

    assert page.evaluate(_DRAWN) == [
        "until 2027-12-31",
        "core",
        "app",
        "gold",
        "suite",
        "rates+ none → consume",
    ]
    assert page.evaluate("document.querySelector('svg').clientWidth") < 400


def test_picking_a_row_draws_all_its_paths(opened: Callable[..., Page]) -> None:
    page = opened(several())
    page.get_by_role("rowheader", name="acme/ops").click()

    assert page.evaluate(_DRAWN) == [
        *("Partner", "Team", "Access group", "API"),
        *("acme", "ops", "silver", "tracking− consume → none"),  # noqa: RUF001  a minus
    ]
    assert page.inner_text("#hint") == "The access paths of acme/ops are shown below."


def test_a_path_of_a_person_begins_with_the_person(opened: Callable[..., Page]) -> None:
    page = opened(mixed())
    page.get_by_role("rowheader", name="zoe@z.example").click()

    assert page.evaluate(_DRAWN)[-3:] == ["zoe@z.example", "g", "api+ none → view"]


def test_the_keyboard_alone_reaches_a_path_and_leaves_it(opened: Callable[..., Page]) -> None:
    page = opened(several())
    page.locator("[name=rows]").focus()
    focused = []
    for key in ("Tab", "ArrowDown", "ArrowRight", "ArrowLeft", "End", "Control+End", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
        focused.append(page.evaluate(_FOCUSED))

    assert focused == [
        "acme/ops 2 affected",
        "bolt/web 1 affected",
        "bolt/web, labels: loses, consume → view, 1 person",
        "bolt/web 1 affected",
        "",
        "",
        *(["core/app, rates: gains, none → consume, 1 person"] * 2),
    ]
    expect(page.get_by_role("gridcell", selected=True)).to_have_text("+none → consume")
    page.keyboard.press("Escape")
    expect(page.locator("#picked")).to_be_hidden()


def test_where_the_keyboard_is_can_be_seen(opened: Callable[..., Page]) -> None:
    page = opened(several())
    seen = []
    for _ in range(8):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(_OUTLINED))

    fields = [["INPUT", "solid"]] * 3 + [["SELECT", "solid"]] * 2
    assert seen == [["A", "solid"], *fields, ["BUTTON", "solid"], ["SUMMARY", "solid"]]


def test_of_thousands_of_rows_few_are_in_the_page_and_all_in_reach(opened: Callable[..., Page]) -> None:
    page = opened(big(2_000))
    held = [elements(page)]
    page.evaluate(
        "scroller => scroller.scrollTo(0, scroller.scrollHeight / 2)", page.query_selector(".scroll")
    )
    expect(page.locator("#grid th", has_text="partner-1000/")).to_be_visible()
    held.append(elements(page))
    page.locator("[name=rows]").focus()
    for key in ("Tab", "Control+End", "Home"):
        page.keyboard.press(key)
    assert page.evaluate(_FOCUSED) == "partner-1999/team 1 affected"
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(".changes th", has_text="partner-1999")).to_be_visible()
    held.append(elements(page))

    assert page.inner_text("#count") == "2,000 teams, 30 APIs, 2,000 changes"
    assert page.locator("#grid").get_attribute("aria-rowcount") == "2001"
    assert max(held) < MOST_ELEMENTS

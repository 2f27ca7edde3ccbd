"""Each component in each of its states: in Chromium, at two sizes, in both schemes, with hostile text."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from reconciler.portal_server.pages.forms import PageError
from reconciler.portal_server.pages.navigation import Link
from reconciler.portal_server.pages.security import CONTENT_SECURITY_POLICY
from reconciler.portal_server.pages.templating import environment, moment
from tests.portal_server.pages.inspection import SIDEWAYS, faults

GALLERY: Final = Path(__file__).with_name("gallery.html").read_text(encoding="utf-8")
STATIC: Final = files("reconciler.portal_server.pages") / "static"
TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
PHONE: Final = 390


class Team(NamedTuple):
    id: str
    partner: str
    name: str
    role: str = "member"


class Person(NamedTuple):
    email: str
    is_operator: bool = False
    teams: tuple[Team, ...] = ()
    team: Team | None = None
    viewing_as: str | None = None


INTEGRATION: Final = Team("team_1", "Acme Logistics", "Integration", "admin")
MANY: Final = tuple(
    Team(f"team_{number}", "The Partners of International Logistics", f"Integration and operations {number}")
    for number in range(30)
)
ADMIN: Final = Person(
    "ana@acme.example", teams=(INTEGRATION, Team("team_2", "Globex", "Ops")), team=INTEGRATION
)
ERRORS: Final = (
    PageError("email", "Enter a complete address, such as ana@acme.example."),
    PageError("until", "2026-12-31 is after the end of the partner, 2026-06-30."),
    PageError("addresses", "Line 2: this person is already a member."),
    PageError("addresses", "Line 3: this is not an address."),
    PageError("level", "Choose a level."),
    PageError("file", "The file has no column `email`."),
    PageError("role", "Choose a role."),
    PageError("delegated", "Members of this team are in git."),
    PageError("", "The team was changed meanwhile."),
)
STATES: Final[dict[str, dict[str, Any]]] = {
    "saved": {"notice": "bo@acme.example was removed."},
    "refused": {"errors": ERRORS},
    "viewing": {
        "viewer": Person(
            "olga@portal.example", teams=MANY[:1], team=MANY[0], viewing_as="Acme Logistics · Ops"
        )
    },
    "long": {
        "portal_name": "The Partner Portal of International Logistics",
        "demo": True,
        "viewer": Person(
            "maximiliane.von-hohenstein@logistics.example", is_operator=True, teams=MANY, team=MANY[7]
        ),
        "navigation": [Link(f"/ui/{name}", f"Access groups {name}", count=12) for name in range(7)],
    },
    "stranger": {"viewer": None, "navigation": []},
}


def context(state: str, **changed: Any) -> dict[str, Any]:
    navigation = [
        Link("/ui/m", "Members", current=True),
        Link("/ui/r", "Requests", count=2),
        Link("/ui/a", "Audit"),
    ]
    return {
        "portal_name": "Partner portal",
        "viewer": ADMIN,
        "navigation": navigation,
        "notice": None,
        "errors": (),
        "csrf": "token-of-the-session",
        "assets": "/static",
        "demo": False,
        "now": NOW,
        "text": "",
        **STATES[state],
        **changed,
    }


def rendered(state: str, **changed: Any) -> str:
    return environment().from_string(GALLERY).render(**context(state, **changed))


class Outline(HTMLParser):
    """The elements of a page with the names of their attributes, and how often a text is in it."""

    def __init__(self, page: str, text: str = "?") -> None:
        super().__init__()
        self.elements: list[str] = []
        self.text = text
        self.found = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(" ".join([tag, *(name for name, _ in attrs)]))
        self.found += sum((value or "").count(self.text) for _, value in attrs)

    def handle_data(self, data: str) -> None:
        self.found += data.count(self.text)


HOSTILE: Final = """ "'><script>alert(1)</script><!-- {{ now }}"""


def test_text_of_people_adds_no_element_and_no_attribute_to_any_component() -> None:
    def outline(text: str) -> tuple[Outline, int]:
        team = Team(*(each + text for each in INTEGRATION))
        person = Person(f"a{text}", is_operator=True, teams=(team,), team=team, viewing_as=f"Acme{text}")
        page = rendered(
            "refused",
            portal_name=f"Portal{text}",
            viewer=person,
            navigation=[Link(f"/ui/m{text}", f"Members{text}", current=True)],
            notice=f"Saved.{text}",
            errors=[PageError(each.field, each.message + text) for each in ERRORS],
            csrf=f"token{text}",
            assets=f"/static{text}",
            demo=True,
            text=text,
        )
        return Outline(page, text.strip()), page.count("alert(1)")

    harmless, _ = outline(" Ana")
    hostile, occurrences = outline(HOSTILE)
    assert hostile.elements == harmless.elements
    assert hostile.found == occurrences > 80


def test_the_title_says_where_one_is_and_that_there_are_errors() -> None:
    assert "<title>Members · Partner portal</title>" in rendered("saved")
    assert "<title>Error: Members · Partner portal</title>" in rendered("refused")


def test_nothing_on_a_page_is_inline() -> None:
    elements = Outline(rendered("refused")).elements

    assert not [each for each in elements if each.split()[0] == "style"]
    assert [each for each in elements if each.split()[0] == "script"] == ["script src defer"]
    assert not [
        each for each in elements if any(name == "style" or name[:2] == "on" for name in each.split()[1:])
    ]


def test_the_pages_have_the_colors_of_the_page_of_a_plan() -> None:
    def colors(package: str, name: str) -> list[str]:
        css = (files(package) / name).read_text(encoding="utf-8")
        return re.findall(r"--(?:ground|raised|line|strong|ink|quiet|link|focus|gain|loss|warn): #\w+", css)

    plan = colors("reconciler.render.html", "page.css")
    assert (len(plan), colors("reconciler.portal_server.pages.static", "portal.css")[:22]) == (22, plan)


Shown: TypeAlias = Callable[..., Page]


@pytest.fixture
def shown(chromium: Browser) -> Iterator[Shown]:
    """What opens the gallery in a state, as a portal would send it; in the end, no page has complained."""
    complaints, contexts = list[str](), []

    def opening(state: str, *, text: str = "", **options: Any) -> Page:
        def answer(route: Route) -> None:
            folder, _, name = route.request.url.removeprefix("http://portal.test/").partition("/")
            if folder == "static":
                body, media_type = (STATIC / name).read_bytes(), TYPES[name.rpartition(".")[2]]
                route.fulfill(body=body, content_type=media_type)
            else:
                headers = {
                    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
                    "Content-Type": "text/html; charset=utf-8",
                }
                route.fulfill(body=rendered(state, text=text).encode(), headers=headers)

        made = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(made)
        made.route("**/*", answer)
        page = made.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto("http://portal.test/")
        return page

    yield opening
    for each in contexts:
        each.close()
    assert complaints == []


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (PHONE, "dark")])
def test_no_component_has_a_fault(shown: Shown, width: int, scheme: str) -> None:
    assert faults(shown("refused", viewport={"width": width, "height": 900}, color_scheme=scheme)) == []


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
@pytest.mark.real
@pytest.mark.parametrize("width", [1280, PHONE, 320])
@pytest.mark.parametrize("state", STATES)
def test_no_state_of_the_frame_has_a_fault(shown: Shown, state: str, width: int) -> None:
    for scheme in ("light", "dark"):
        page = shown(state, viewport={"width": width, "height": 900}, color_scheme=scheme)
        for menu in page.locator("details.menu > summary").all():
            menu.click()
            assert faults(page, within="details[open]") == [], (scheme, menu.inner_text())
            page.keyboard.press("Escape")
        assert faults(page) == [], scheme


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
@pytest.mark.parametrize("width", [1280, PHONE])
def test_without_a_script_everything_is_there_and_nothing_that_needs_one(shown: Shown, width: int) -> None:
    page = shown("refused", viewport={"width": width, "height": 900}, java_script_enabled=False)

    assert page.evaluate(SIDEWAYS) == 0
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    expect(page.get_by_label("Select all on this page")).to_be_hidden()
    page.get_by_role("link", name="Choose a role.").click()
    assert page.evaluate("document.querySelector(':target').value") == "member"
    page.locator("summary", has_text="Account").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
def test_the_keyboard_reaches_the_content_first(shown: Shown) -> None:
    page = shown("stranger")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
def test_errors_are_read_with_their_field(shown: Shown) -> None:
    page = shown("refused")

    expect(page.get_by_label("Address", exact=True)).to_have_accessible_description(
        "Of the company's own domain. Error: Enter a complete address, such as ana@acme.example."
    )
    expect(page.get_by_label("Addresses")).to_have_accessible_description(
        "One a line. Error: Line 2: this person is already a member. Error: Line 3: this is not an address."
    )
    page.get_by_role("link", name="Enter a complete address").click()
    expect(page.get_by_label("Address", exact=True)).to_be_focused()


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
def test_a_script_selects_all_rows_and_closes_menus(shown: Shown) -> None:
    page = shown("saved")
    rows = page.locator("input[name=member]")
    everything = page.get_by_label("Select all on this page")
    assert everything.evaluate("(box) => [box.checked, box.indeterminate]") == [False, True]
    everything.check()
    assert rows.evaluate_all("(boxes) => boxes.map((each) => each.checked)") == [True] * 4
    rows.first.uncheck()
    assert everything.evaluate("(box) => [box.checked, box.indeterminate]") == [False, True]

    account = page.locator("summary", has_text="Account")
    account.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(account).to_be_focused()
    account.click()
    page.get_by_role("heading", name="Members", exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


TIMES: Final = (
    "2026-01-29T12:00:00Z",
    "2026-01-29T12:00:01Z",
    "2026-02-28T12:00:00Z",
    "2026-02-28T12:00:01Z",
    "2026-03-01T11:00:00Z",
    "2026-03-01T11:59:01Z",
    "2026-03-01T12:00:30Z",
    "2026-03-01T12:15:00Z",
    "2026-03-03T13:00:00Z",
    "2026-04-01T12:00:00Z",
)


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
def test_the_script_keeps_times_as_the_server_would_write_them(shown: Shown) -> None:
    page = shown("stranger")

    def written(now: datetime) -> list[str]:
        return [moment(each, now).striptags() for each in TIMES]

    def read(now: datetime) -> object:
        return page.evaluate(
            "([times, now]) => times.map((each) => relative(Date.parse(each), now))",
            [TIMES, now.timestamp() * 1000],
        )

    assert [read(NOW + timedelta(minutes=each)) for each in (0, 1, 61, 3000)] == [
        written(NOW + timedelta(minutes=each)) for each in (0, 1, 61, 3000)
    ]


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
def test_on_a_phone_a_table_is_a_list_of_labelled_cells(shown: Shown) -> None:
    page = shown("saved", viewport={"width": PHONE, "height": 900})
    row = page.get_by_role("row").filter(has_text="bo@acme.example").first
    tops = row.locator("> *").evaluate_all("(cells) => cells.map((each) => each.getBoundingClientRect().top)")
    label = row.locator("td").first.evaluate("(cell) => getComputedStyle(cell, '::before').content")

    assert tops == sorted(set(tops))
    assert label.strip('"') == "Role"


@pytest.mark.no_cover
@pytest.mark.xdist_group("chromium")
def test_on_paper_there_is_the_content_with_exact_times(shown: Shown) -> None:
    page = shown("saved", color_scheme="dark")
    page.emulate_media(media="print")

    for each in (".top", ".filters", ".notice", "button", ".button", ".pick"):
        assert [found.is_visible() for found in page.locator(each).all() if found.is_visible()] == [], each
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.locator("time.moment").first.evaluate("(e) => getComputedStyle(e, '::after').content") == (
        '"2025-11-02 08:15 UTC"'
    )
    expect(page.get_by_text("Printed on 2026-03-01 12:00 UTC by ana@acme.example")).to_be_visible()

"""Whole tasks by the keyboard alone, on a phone, without scripts."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from tests.portal_server.pages.walk.sample import ADMIN, GUEST, OPERATOR
from tests.portal_server.pages.walk.served import PHONE, WIDE, Look, Served, served_sample

pytestmark = [pytest.mark.no_cover, pytest.mark.real, pytest.mark.xdist_group("chromium")]
_LOOK: Final = Look(PHONE, "light", scripts=False)
_MOST: Final = 120
# What a person reads at the element with the focus: of a field, its label.
_NAME: Final = "(e => (e.labels?.[0]?.innerText ?? e.innerText ?? '').trim())(document.activeElement)"
Opening: TypeAlias = Callable[[str | None, str], Page]


@pytest.fixture(scope="module")
def own_sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A sample that these tests change, each in its own part. It is filled before the browser starts."""
    with served_sample(tmp_path_factory.mktemp("tasks")) as opened:
        yield opened


@pytest.fixture
def on_phone(own_sample: Served, chromium: Browser) -> Iterator[Opening]:
    """What opens a page as a person on a phone."""
    pages: list[Page] = []

    def opening(person: str | None, path: str) -> Page:
        page = own_sample.context(chromium, person, _LOOK).new_page()
        pages.append(page)
        page.goto(own_sample.address + path.format_map(own_sample.ids))
        return page

    yield opening
    for page in pages:
        page.context.close()


def stored(sample: Served, statement: str) -> list[Any]:
    """Return rows of the portal's database."""
    with sample.portal.app.state.database.reading() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def go_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what has this name."""
    for _ in range(_MOST):
        page.keyboard.press("Tab")
        if str(page.evaluate(_NAME)).startswith(name):
            return
    raise AssertionError(f"Tab does not reach {name!r} on {page.url}")


def use(page: Page, name: str) -> None:
    """Go to a link or button, and press Enter."""
    go_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, name: str, typed: str) -> None:
    """Go to a field, and type."""
    go_to(page, name)
    page.keyboard.type(typed)


def test_an_admin_invites_two_people_who_accept_and_decline(own_sample: Served, on_phone: Opening) -> None:
    admin = on_phone(ADMIN, "/ui/teams/{integration}/members")
    use(admin, "Invite people")
    write(admin, "Addresses", "di@acme.example; fi@acme.example")
    use(admin, "Check the addresses")
    use(admin, "Invite 2 people")
    assert "di@acme.example" in admin.get_by_role("main").inner_text()

    mails: dict[str, str] = dict(stored(own_sample, 'SELECT "to", text FROM mails ORDER BY seq'))
    paths = [re.search(r"/ui/invitations/\S+", mails[f"{name}@acme.example"]) for name in ("di", "fi")]
    accepted, declined = (on_phone(None, path[0]) for path in paths if path)
    use(accepted, "Accept")
    use(declined, "Decline")

    assert "/members" in accepted.url
    assert stored(
        own_sample, "SELECT email, state FROM members WHERE email LIKE '_i@acme.example' ORDER BY email"
    ) == [("di@acme.example", "active"), ("fi@acme.example", "declined")]


def test_a_member_leaves_their_team(own_sample: Served, on_phone: Opening) -> None:
    member = on_phone(GUEST, "/ui/teams/{ops}/leave")
    use(member, "Leave the team")

    assert stored(own_sample, "SELECT email FROM members WHERE email = 'guest@globex.example'") == []


def test_an_operator_sets_up_a_partner_and_sends_the_form_by_enter(
    own_sample: Served, on_phone: Opening
) -> None:
    operator = on_phone(OPERATOR, "/ui/operator/partners/new")
    write(operator, "Display name", "Kontor GmbH")
    write(operator, "Name", "kontor")
    write(operator, "Owner", "partnerships")
    with operator.expect_navigation():
        operator.keyboard.press("Enter")

    assert stored(own_sample, "SELECT display_name, owner FROM partners WHERE name = 'kontor'") == [
        ("Kontor GmbH", "partnerships")
    ]


def test_who_has_access_is_printed_without_navigation(
    own_sample: Served, chromium: Browser, tmp_path: Path
) -> None:
    context = own_sample.context(chromium, OPERATOR, Look(WIDE, "dark", scripts=True))
    page = context.new_page()
    page.goto(f"{own_sample.address}/ui/operator/access")
    page.emulate_media(media="print", color_scheme="light")

    assert page.get_by_role("navigation").filter(visible=True).count() == 0
    assert page.get_by_role("table").first.is_visible()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background in {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    page.screenshot(path=tmp_path / "print.png", full_page=True)
    context.close()

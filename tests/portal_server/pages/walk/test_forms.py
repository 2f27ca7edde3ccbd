"""Each form with wrong input: the page says what is wrong, and the focus is there."""

from typing import Final, NamedTuple

import pytest
from playwright.sync_api import expect

from tests.portal_server.pages.inspection import faults
from tests.portal_server.pages.walk.conftest import Opening
from tests.portal_server.pages.walk.sample import ADMIN, OPERATOR
from tests.portal_server.pages.walk.served import LOOKS, Look
from tests.portal_server.pages.walk.walks import Walk

pytestmark = [pytest.mark.no_cover, pytest.mark.real, pytest.mark.xdist_group("chromium")]
_BASE: Final = "/ui/operator"


class Wrong(NamedTuple):
    """What is typed into a field of a form, and the first error on the page then."""

    path: str
    field: str
    text: str
    error: str
    person: str | None = OPERATOR


WRONG: Final = (
    Wrong("/ui/sign-in", "E-mail address", "ana", "Enter an e-mail address, such as ana@example.com.", None),
    Wrong(f"{_BASE}/partners/new", "Display name", "", "Enter the display name."),
    Wrong(f"{_BASE}/teams/new", "Display name", "", "Choose the partner."),
    Wrong(f"{_BASE}/access-groups/new", "Display name", "", "Enter the display name."),
    Wrong(f"{_BASE}/products/new", "Owner", "", "Enter the display name."),
    Wrong(f"{_BASE}/apis/new", "Owner", "", "Enter the display name."),
    Wrong(f"{_BASE}/people/new", "E-mail address", "ana", "Enter an address such as ana@acme.example."),
    Wrong(f"{_BASE}/tokens/new", "Name", "", "Enter the name."),
    Wrong(f"{_BASE}/partners/{{harbor}}/change", "Display name", "", "Enter the display name."),
    Wrong(
        f"{_BASE}/teams/{{crane}}/people/new",
        "E-mail address",
        "ana@",
        "Enter an address such as ana@acme.example.",
    ),
    Wrong(
        f"{_BASE}/requests/{{request}}", "Answer", "", "Say why the request is declined. The team reads it."
    ),
    Wrong(
        "/ui/teams/{integration}/requests/new",
        "What it is for",
        "",
        "Choose an access group above, or say here what you need.",
        ADMIN,
    ),
    Wrong(
        "/ui/teams/{integration}/members/invite",
        "Addresses",
        "",
        "Enter an address, or choose a file.",
        ADMIN,
    ),
)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.path)
@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[2]], ids=("wide", "phone without scripts"))
def test_a_refused_form_says_why_and_has_the_focus_there(opened: Opening, wrong: Wrong, look: Look) -> None:
    page = opened(Walk("", wrong.path, wrong.person), look).page
    page.get_by_role("main").get_by_label(wrong.field).fill(wrong.text)
    page.locator("main form button").last.click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert.get_by_role("listitem").first).to_have_text(wrong.error)
    assert page.title().startswith("Error: ")
    # Without scripts, a page has no timers, which axe waits for.
    if look.scripts:
        assert faults(page) == []

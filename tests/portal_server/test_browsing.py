"""The lists of operators' pages on each database: order, search, filters, pages, and what is counted."""

import re
from collections.abc import Iterator

import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, SITE, Browser, text_of
from tests.portal_server.pages.company import found

BASE = "/ui/operator"


@pytest.fixture
def browser(database: str) -> Iterator[Browser]:
    with Portal(database, site=SITE) as portal, Browser(portal) as opened:
        yield opened.sign_in(OPERATOR)


def rows(browser: Browser, path: str) -> list[str]:
    """Return the first cell of each row of a list."""
    page = browser.get(f"{BASE}/{path}")
    assert page.status_code == 200, text_of(page)
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page.text)


def test_lists_are_sorted_searched_and_filtered(browser: Browser) -> None:
    company = found(browser.portal)
    for name, title in (("b", "beta_1"), ("a", "Beta 100%"), ("c", "beta_1")):
        browser.portal.post(
            "/apis", {"name": name, "displayName": title, "owner": "it", "visibility": "public"}
        )
    browser.portal.send("PATCH", f"/teams/{company.finance}", json={"managedBy": "production"})

    assert rows(browser, "apis") == ["Beta 100%", "beta_1", "beta_1", "Rates", "Tracking"]
    assert rows(browser, "apis?search=BETA_") == ["beta_1", "beta_1"]
    assert rows(browser, "apis?search=0%25") == ["Beta 100%"]
    assert rows(browser, "apis?visibility=restricted") == ["Rates", "Tracking"]
    assert rows(browser, "teams?delegated=no") == ["Finance"]
    assert rows(browser, "teams?managed=no&search=int") == ["Integration"]
    assert rows(browser, "people?search=ANA@") == ["ana@acme.example"]
    assert "Acme Logistics acme Reseller partnerships 2 Active" in text_of(browser.get(f"{BASE}/partners"))
    assert "Shipping API product Rates" in text_of(
        browser.get(f"{BASE}/access-groups/{company.group}")
    ).replace("Shipping shipping", "Shipping")
    assert "ana@acme.example" in text_of(browser.get(f"{BASE}/partners/{company.acme}"))
    assert re.findall(r"(\w+) (\d+) (?:Every|The|People|Grant)", text_of(browser.get(BASE))) == [
        ("APIs", "5"),
        ("groups", "1"),
        ("Partners", "2"),
        ("Teams", "3"),
        ("People", "3"),
        ("Access", "1"),
    ]
    chosen = browser.get(f"{BASE}/grants/new?partner=acme").text
    assert re.findall(r'value="(acme/\w+|globex/\w+)"', chosen) == ["acme/finance", "acme/integration"]


def test_pages_hold_everything_once_in_both_directions(browser: Browser) -> None:
    for number in range(101):
        browser.portal.post(
            "/apis", {"name": f"a{number:03}", "displayName": f"Api {number % 7}", "owner": "it"}
        )

    def page(href: str) -> tuple[list[str], str | None, str | None]:
        text = browser.get(href).text
        links = {rel: re.search(rf'href="([^"]+)" rel="{rel}"', text) for rel in ("prev", "next")}
        places = [link and link[1].replace("&amp;", "&") for link in links.values()]
        return re.findall(r'<small class="muted">(a\d+)</small>', text), places[0], places[1]

    first, none, following = page(f"{BASE}/apis")
    assert following is not None
    second, _, last = page(following)
    assert last is not None
    third, back, end = page(last)

    assert (none, end, len(first), len(second), len(third)) == (None, None, 50, 50, 1)
    assert sorted(first + second + third) == [f"a{number:03}" for number in range(101)]
    assert back is not None
    again, back_again, _ = page(back)
    assert again == second
    assert back_again is not None
    assert page(back_again)[0] == first

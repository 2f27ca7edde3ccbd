"""The pages of operators for each kind: create, change, conflicts, stale forms, and deletions."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any, NamedTuple

import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, Browser, text_of
from tests.portal_server.pages.company import MEMBER, Company

SignedIn = Callable[[str], Browser]


class Case(NamedTuple):
    """A kind: a valid new form, what is typed in a change, and what the pages then show."""

    path: str
    form: dict[str, str]
    created: str
    field: str
    typed: str
    reads: str
    conflict: str | None
    wrong: tuple[str, str, str]
    in_use: str | None
    refusal: str


CASES = (
    Case(
        "partners",
        {
            "displayName": "Initech",
            "name": "initech",
            "type": "external",
            "owner": "partnerships",
            "domains": "initech.example, it.initech.example",
        },
        "Initech was created.",
        "domains",
        "initech.example\ninitech.test",
        "initech.example, initech.test",
        "A partner with this name exists.",
        (
            "domains",
            "initech.example nonsense",
            "“nonsense” is not valid. Enter a domain such as acme.example.",
        ),
        "acme",
        "2 teams",
    ),
    Case(
        "teams",
        {"partnerId": "acme", "displayName": "Sales", "name": "sales", "delegated": "on"},
        "Sales was created.",
        "displayName",
        "Sales team",
        "Sales team",
        "The partner already has a team with this name.",
        ("name", "two words", "Use letters, digits, “.”, “_” and “-”, and begin with a letter or digit."),
        "integration",
        "3 members",
    ),
    Case(
        "access-groups",
        {"displayName": "Invoices", "name": "invoices", "owner": "finance"},
        "Invoices was created.",
        "description",
        "Read invoices.\nAnd credit notes.",
        "Read invoices. And credit notes.",
        "An access group with this name exists.",
        ("displayName", "", "Enter the display name."),
        "group",
        "2 APIs and products",
    ),
    Case(
        "products",
        {"displayName": "Billing", "name": "billing", "owner": "finance", "visibility": "organization"},
        "Billing was created.",
        "visibility",
        "public",
        "Public",
        "A product with this name exists.",
        ("visibility", "secret", "Choose one of the three."),
        "product",
        "1 access group that contains it",
    ),
    Case(
        "apis",
        {"displayName": "Invoices", "name": "invoices-v1", "owner": "finance", "visibility": "restricted"},
        "Invoices was created.",
        "owner",
        "billing",
        "billing",
        "An API with this name exists.",
        ("name", "a/b", "Use letters, digits, “.”, “_”, “~” and “-”."),
        "tracking",
        "1 access group that contains it",
    ),
    Case(
        "people",
        {"email": "Dee@Acme.example", "displayName": ""},
        "dee@acme.example was created.",
        "displayName",
        "Dee",
        "Dee",
        "This address already has an account.",
        ("email", "dee", "Enter an address such as ana@acme.example."),
        None,
        "",
    ),
)
BY_PATH = pytest.mark.parametrize("case", CASES, ids=[case.path for case in CASES])


def created(browser: Browser, case: Case) -> str:
    """Create the object of the case by its form, and return the address of its page."""
    answer = browser.submit(f"/ui/operator/{case.path}/new", case.form, follow=False)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["location"])


def inputs(page: str) -> dict[str, str]:
    """Return the fields of the form on a page as a browser would post them unchanged."""
    main = page.partition("<main")[2]
    found = {
        unescape(name): unescape(value)
        for name, value in re.findall(
            r'<input (?:id="\w+" )?(?:type="hidden" )?name="([^"]+)"[^>]*? value="([^"]*)"', main
        )
    }
    for name, value in re.findall(
        r'<input id="[\w-]+" name="([^"]+)" type="(?:radio|checkbox)" value="([^"]*)" checked', main
    ):
        found[name] = unescape(value)
    for name, value in re.findall(
        r'<textarea id="[\w-]+" name="([^"]+)"[^>]*>\n?(.*?)</textarea>', main, re.DOTALL
    ):
        found[name] = unescape(value).strip("\n")
    return found


@BY_PATH
def test_a_new_object_has_a_page_and_is_in_the_list(
    signed_in: SignedIn, company: Company, case: Case
) -> None:
    assert company
    browser = signed_in(OPERATOR)
    answer = browser.submit(f"/ui/operator/{case.path}/new", case.form)

    assert case.created in text_of(answer)
    assert case.created.partition(" was")[0] in text_of(browser.get(f"/ui/operator/{case.path}"))


@BY_PATH
def test_a_change_is_saved(signed_in: SignedIn, company: Company, case: Case) -> None:
    assert company
    browser = signed_in(OPERATOR)
    page = created(browser, case)
    form = inputs(browser.get(f"{page}/change").text)

    assert "Nothing was changed." in text_of(browser.submit(f"{page}/change", form))
    answer = browser.submit(f"{page}/change", {**form, case.field: case.typed})
    assert "was saved." in text_of(answer)
    assert case.reads in text_of(answer)


def test_a_change_cannot_empty_what_is_required(signed_in: SignedIn, company: Company) -> None:
    browser, page = signed_in(OPERATOR), f"/ui/operator/partners/{company.acme}"
    form = inputs(browser.get(f"{page}/change").text)
    answer = browser.submit(f"{page}/change", {**form, "displayName": " "})

    assert answer.status_code == 422
    assert "There is a problem Enter the display name." in text_of(answer)
    assert "Acme Logistics" in text_of(browser.get(page))


@BY_PATH
def test_a_name_that_is_taken_keeps_the_form(signed_in: SignedIn, company: Company, case: Case) -> None:
    assert company
    browser = signed_in(OPERATOR)
    created(browser, case)
    answer = browser.submit(f"/ui/operator/{case.path}/new", case.form)

    assert answer.status_code == 409
    assert case.conflict is not None
    assert case.conflict in text_of(answer)
    kept = inputs(answer.text)
    assert {key: kept.get(key) for key in ("displayName", "name", "owner", "email") if key in case.form} == {
        key: case.form[key] for key in ("displayName", "name", "owner", "email") if key in case.form
    }


@BY_PATH
def test_an_error_is_at_its_field_in_plain_words(signed_in: SignedIn, company: Company, case: Case) -> None:
    assert company
    field, typed, message = case.wrong
    answer = signed_in(OPERATOR).submit(f"/ui/operator/{case.path}/new", {**case.form, field: typed})

    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert text_of(answer).count(message) == 2


@BY_PATH
def test_a_stale_form_shows_what_was_changed_and_keeps_what_was_typed(
    portal: Portal, signed_in: SignedIn, company: Company, case: Case
) -> None:
    assert company
    browser = signed_in(OPERATOR)
    page = created(browser, case)
    form = inputs(browser.get(f"{page}/change").text)
    object_path = f"/{case.path}/{page.rpartition('/')[2]}"
    portal.send("PATCH", object_path, json={"displayName": "Renamed"})
    answer = browser.submit(f"{page}/change", {**form, "displayName": "Typed"})

    assert answer.status_code == 412
    assert "was changed meanwhile. Nothing was saved" in text_of(answer)
    before = case.form["displayName"] or "none"
    assert f"Display name {before} Renamed Typed" in text_of(answer)
    again = inputs(answer.text)
    assert again["displayName"] == "Typed"
    assert "was saved." in text_of(browser.submit(f"{page}/change", again))
    assert portal.get(object_path).json()["displayName"] == "Typed"


@BY_PATH
def test_an_object_without_dependents_is_deleted(signed_in: SignedIn, company: Company, case: Case) -> None:
    assert company
    browser = signed_in(OPERATOR)
    page = created(browser, case)
    form = inputs(browser.get(f"{page}/delete").text)

    assert browser.submit(f"{page}/delete", {**form, "etag": '"old"'}).status_code == 412
    assert "was deleted." in text_of(browser.submit(f"{page}/delete", form))
    assert browser.get(page).status_code == 404


@pytest.mark.parametrize("case", [case for case in CASES if case.in_use], ids=lambda case: case.path)
def test_a_deletion_that_is_refused_says_what_is_still_there(
    portal: Portal, signed_in: SignedIn, company: Company, case: Case
) -> None:
    assert case.in_use is not None
    found = str(getattr(company, case.in_use))
    browser = signed_in(OPERATOR)
    page = f"/ui/operator/{case.path}/{found}"

    assert case.refusal in text_of(browser.get(f"{page}/delete"))
    etag = portal.get(f"/{case.path}/{found}").json()["etag"]
    answer = browser.submit(f"{page}/delete", {"etag": etag})
    assert answer.status_code == 409
    assert case.refusal in text_of(answer)


def test_lists_are_sorted_searched_and_filtered(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    assert company
    browser = signed_in(OPERATOR)
    portal.post("/partners", {"name": "zeta", "type": "internal", "displayName": "alpha 100%", "owner": "it"})

    def rows(query: str) -> list[str]:
        page = browser.get(f"/ui/operator/partners?{query}")
        assert page.status_code == 200
        return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page.text)

    assert rows("") == ["Acme Logistics", "alpha 100%", "Globex"]
    assert rows("search=PARTNERSHIPS") == ["Acme Logistics", "Globex"]
    assert rows("search=100%25") == ["alpha 100%"]
    assert rows("search=_") == []
    assert rows("type=internal&managed=no") == ["alpha 100%"]
    assert rows("managed=yes") == []
    assert rows("type=nonsense") == ["Acme Logistics", "alpha 100%", "Globex"]
    assert "Nothing matches" in text_of(browser.get("/ui/operator/partners?search=nobody"))


def test_pages_of_a_list_go_forward_and_back(portal: Portal, signed_in: SignedIn) -> None:
    for number in range(120):
        portal.post("/people", {"email": f"p{number:03}@acme.example"})
    browser = signed_in(OPERATOR)
    seen = []
    href: str | None = "/ui/operator/people?search=P"
    while href is not None:
        page = browser.get(href)
        rows = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page.text)
        seen.append(rows)
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        back = re.search(r'href="([^"]+)" rel="prev"', page.text)
        href = unescape(following[1]) if following else None
    assert [len(rows) for rows in seen] == [50, 50, 20]
    assert [row for rows in seen for row in rows] == [f"p{number:03}@acme.example" for number in range(120)]
    assert back is not None
    page = browser.get(unescape(back[1]))
    assert re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page.text) == seen[1]
    assert browser.get("/ui/operator/people?after=nonsense").status_code == 422


def test_only_operators_see_these_pages(signed_in: SignedIn, company: Company) -> None:
    browser = signed_in(MEMBER)

    for path in ("", "/partners", f"/partners/{company.acme}", "/tokens/new", "/grants/new"):
        assert browser.get(f"/ui/operator{path}").status_code == 404
    for path in ("/partners/new", f"/teams/{company.integration}/view-as"):
        assert browser.submit(f"/ui/operator{path}").status_code == 404


def test_an_empty_portal_leads_from_step_to_step(portal: Portal, signed_in: SignedIn) -> None:
    browser = signed_in(OPERATOR)

    assert "Next: APIs" in text_of(browser.get("/ui/operator"))
    assert "Add the first company that may use your APIs." in text_of(browser.get("/ui/operator/partners"))
    portal.post("/apis", {"name": "a", "displayName": "A", "owner": "it"})
    assert "Next: Access groups" in text_of(browser.get("/ui/operator"))


def test_the_start_page_has_no_next_step_when_all_are_done(signed_in: SignedIn, company: Company) -> None:
    assert company
    shown: Any = text_of(signed_in(OPERATOR).get("/ui/operator"))

    assert "Next:" not in shown
    assert "Partners 2" in shown


def test_the_page_of_an_api_leads_to_who_has_access(signed_in: SignedIn, company: Company) -> None:
    browser = signed_in(OPERATOR)
    link = f"/ui/operator/access?api={company.tracking}"

    assert f'href="{link}"' in browser.get(f"/ui/operator/apis/{company.tracking}").text
    shown = browser.get(link)
    assert (shown.status_code, "bo@acme.example" in text_of(shown)) == (200, True)

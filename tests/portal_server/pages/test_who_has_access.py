"""Who has access to what, on pages: the matrix, an API's people, a person's paths, and downloads."""

import csv
import io
import json
import re
from collections.abc import Callable

import pytest

from reconciler.portal_server.pages import who_has_access
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, Browser, text_of
from tests.portal_server.pages.company import ADMIN, INVITED, MEMBER, Company

SignedIn = Callable[[str], Browser]
BASE = "/ui/operator/access"


def table(page: str) -> list[list[str]]:
    """The cells of the rows of the table, as a person reads them."""
    return [
        [
            re.sub(r"\s+", " ", re.sub(r"<[^>]+>|\u2013", " ", cell)).strip()
            for cell in re.findall(r"(?s)<t[hd][ >].*?</t[hd]>", row)
        ]
        for row in re.findall(r"(?s)<tr>.*?</tr>", page)
    ]


def test_the_matrix_shows_the_level_of_each_person_for_each_api(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    portal.made("/grants", groupId=company.group, email="dee@other.example", level="view")
    page = signed_in(OPERATOR).get(BASE)

    team = "Acme Logistics / Integration"
    assert [[re.sub("^<.*?>", "", cell) for cell in row] for row in table(page.text)] == [
        ["Person", "Team", "rates-v1", "tracking-v2"],
        [ADMIN, team, "consume", "consume"],
        [MEMBER, team, "consume", "consume"],
        [INVITED, team, "consume", "consume"],
        ["dee@other.example", "own grant", "view", "view"],
        ["Of these 4 people", "3 consume, 1 view", "3 consume, 1 view"],
    ]
    assert "On 2026-03-01 . 4 people." in text_of(page)


def test_who_gets_nothing_from_a_team_is_marked(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    portal.patch(f"/partners/{company.acme}", {"status": "suspended"})
    page = signed_in(OPERATOR).get(f"{BASE}?search=bo")

    assert table(page.text)[1] == [
        MEMBER,
        "Acme Logistics / Integration (gives no access)",
        "none",
        "none",
    ]


def test_many_apis_are_a_list(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    for number in range(11):
        api = portal.api(name=f"more-{number:02}")
        portal.made("/access-items", groupId=company.group, apiId=api["id"])
    portal.member({"id": company.finance}, "eve@acme.example")
    browser = signed_in(OPERATOR)
    rows = table(browser.get(BASE).text)

    assert rows[0] == ["Person", "Team", "APIs", "Next end"]
    assert rows[1][2].startswith("13 APIs more-00 consume more-01 consume")
    assert rows[4] == ["eve@acme.example", "Acme Logistics / Finance", "none", "no end"]
    chosen = table(browser.get(f"{BASE}?columns=more-03,rates-v1").text)
    assert chosen[0] == ["Person", "Team", "more-03", "rates-v1"]
    printed = browser.get(f"{BASE}?print=1&group=logistics")
    assert table(printed.text)[1][2].startswith("more-00 (consume), more-01 (consume)")
    assert "Download" not in text_of(printed)
    assert "access group logistics" in text_of(printed)


def test_a_group_with_few_apis_makes_them_columns(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    for _ in range(13):
        portal.api()

    rows = table(signed_in(OPERATOR).get(f"{BASE}?group={company.group}").text)
    assert rows[0] == ["Person", "Team", "rates-v1", "tracking-v2"]


def test_names_are_enough_for_filters(signed_in: SignedIn, company: Company) -> None:
    assert company
    browser = signed_in(OPERATOR)

    def people(query: str) -> list[str]:
        page = browser.get(f"{BASE}?{query}")
        assert page.status_code == 200
        return [row[0] for row in table(page.text)[1:-1]]

    assert people("partner=acme&team=acme/integration&group=logistics&api=rates-v1&level=consume") == [
        ADMIN,
        MEMBER,
        INVITED,
    ]
    assert people("team=acme/finance") == []
    assert people("level=view") == []
    assert people("ending=365&search=a") == [ADMIN]
    assert people("on=2027-01-01&api=rates-v1") == []
    assert "Nobody matches" in text_of(browser.get(f"{BASE}?level=view"))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("partner=x", "There is no partner with this name."),
        ("team=acme", "There is no such team. Enter it as partner/team."),
        ("group=x", "There is no access group with this name."),
        ("api=x", "There is no API with this name."),
        ("columns=x", "Enter the names of at most 12 APIs of the portal."),
        (
            "columns=" + ",".join(map(str, range(13))),
            "Enter the names of at most 12 APIs of the portal.",
        ),
        ("on=tomorrow", "Enter a day as YYYY-MM-DD."),
        ("level=x", "This filter has no such value."),
    ],
)
def test_a_wrong_filter_is_explained_and_kept(
    signed_in: SignedIn, company: Company, query: str, message: str
) -> None:
    assert company
    page = signed_in(OPERATOR).get(f"{BASE}?{query}")

    assert (page.status_code, message in text_of(page)) == (422, True)
    name, value = query.split("=")
    assert f'value="{value}"' in page.text or name == "level"


def test_who_reaches_an_api(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    portal.made("/members", teamId=company.globex_ops, email="gus@globex.example", role="member")
    browser = signed_in(OPERATOR)

    assert "Choose an API Enter its name to see who has access to it." in text_of(
        browser.get(f"{BASE}?view=api")
    )
    rows = table(browser.get(f"{BASE}?view=api&api=rates-v1").text)
    assert rows[0] == ["Person", "Team", "rates-v1"]
    assert [row[0] for row in rows[1:-1]] == [ADMIN, MEMBER, INVITED]


def test_what_a_person_reaches_and_why(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    portal.made("/grants", groupId=company.group, email=MEMBER, level="view")
    browser = signed_in(OPERATOR)
    page = browser.get(f"{BASE}/person?person=BO@acme.example")

    text = text_of(page)
    assert "has access to 2 APIs on 2026-03-01" in text
    assert (
        "Rates rates-v1 consume "
        f"person {MEMBER} access group, view Logistics partners API product Shipping API Rates "
        "team Acme Logistics / Integration access group, consume Logistics partners "
        "API product Shipping API Rates Ends 2026-12-31"
    ) in text
    assert f'href="/ui/teams/{company.integration}/members/{company.bo}"' in page.text
    assert "Choose a person" in text_of(browser.get(f"{BASE}/person"))
    nothing = browser.get(f"{BASE}/person?person=zed@acme.example&on=2026-04-01")
    assert "zed@acme.example has access to no API on this day" in text_of(nothing)
    wrong = browser.get(f"{BASE}/person?person=zed")
    assert (wrong.status_code, "Enter a whole address" in text_of(wrong)) == (422, True)
    assert browser.get(f"{BASE}/person?person=zed@acme.example&on=x").status_code == 422


def test_an_admin_sees_the_members_of_the_team_and_what_they_reach_through_it(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    secret = portal.api(name="secret")
    group = portal.group(name="secret-group")
    portal.made("/access-items", groupId=group["id"], apiId=secret["id"])
    portal.made("/grants", groupId=group["id"], email=MEMBER)
    portal.member({"id": company.globex_ops}, MEMBER)
    portal.member({"id": company.globex_ops}, "gus@globex.example")
    browser = signed_in(ADMIN)
    base = f"/ui/teams/{company.integration}/access/people"
    page = browser.get(base)

    assert [row[0] for row in table(page.text)] == ["Person", ADMIN, MEMBER, INVITED, "Of these 3 people"]
    assert "secret" not in page.text
    assert "Globex" not in page.text
    for query in ("?group=secret-group", f"?team={company.globex_ops}", "?partner=globex"):
        assert [row[0] for row in table(browser.get(base + query).text)[1:-1]] == [ADMIN, MEMBER, INVITED]
    for query in ("?api=secret", "?api=unknown"):
        unknown = browser.get(base + query)
        assert (unknown.status_code, "Nobody matches" in text_of(unknown)) == (200, True)
    assert browser.get(f"{base}?columns=unknown").status_code == 200
    paths = text_of(browser.get(f"{base}/person?person={MEMBER}"))
    assert "has access to 2 APIs" in paths
    assert "secret" not in paths
    refused = browser.get(f"{base}/person?person=gus@globex.example")
    assert refused.status_code == 422
    assert "You can only see how you, or the members of your team, reach an API." in text_of(refused)


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (None, BASE, 303),
        (MEMBER, BASE, 404),
        (ADMIN, f"{BASE}/csv", 404),
        (ADMIN, f"{BASE}/person", 404),
        (MEMBER, "/ui/teams/{own}/access/people", 403),
        (MEMBER, "/ui/teams/{own}/access/people/json", 403),
        (ADMIN, "/ui/teams/{other}/access/people", 404),
        (ADMIN, "/ui/teams/{own}/access/people/csv", 200),
        (OPERATOR, "/ui/teams/{other}/access/people", 200),
        (OPERATOR, f"{BASE}/json", 200),
    ],
)
def test_pages_and_downloads_are_for_those_who_may_see_them(
    signed_in: SignedIn, stranger: Browser, company: Company, who: str | None, path: str, status: int
) -> None:
    browser = signed_in(who) if who else stranger

    address = path.format(own=company.integration, other=company.globex_ops)
    assert browser.get(address).status_code == status


def test_pages_lead_on_and_to_the_first(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    for number in range(60):
        portal.made("/people", email=f"p{number:02}@acme.example")
        portal.member({"id": company.finance}, f"p{number:02}@acme.example")
    browser = signed_in(OPERATOR)
    first = browser.get(f"{BASE}?partner=acme").text
    following = re.findall(r'href="([^"]+)" rel="next"', first)
    second = browser.get(following[0].replace("&amp;", "&")).text

    assert [len(table(page)) - 2 for page in (first, second)] == [50, 13]
    assert "50 of 63 shown" in text_of(browser.get(f"{BASE}?partner=acme"))
    assert re.findall(r'href="([^"]+)" rel="prev"', second) == [f"{BASE}?partner=acme"]


def test_the_first_rows_are_printed_and_the_rest_is_mentioned(
    signed_in: SignedIn, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert company
    monkeypatch.setattr(who_has_access, "_PRINTED", "2")
    page = signed_in(OPERATOR).get(f"{BASE}?print=1")

    assert len(table(page.text)) == 4
    assert "Only the first 2 are printed. Add a filter, or download the CSV." in text_of(page)


def test_downloads_have_everybody_in_parts(
    portal: Portal, signed_in: SignedIn, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(who_has_access, "_PART", 2)
    portal.member({"id": company.globex_ops}, "gus@globex.example")
    browser = signed_in(OPERATOR)
    as_csv, as_json = browser.get(f"{BASE}/csv"), browser.get(f"{BASE}/json?on=2026-03-02")

    lines = list(csv.reader(io.StringIO(as_csv.content.decode("utf-8-sig"), newline="")))
    team = "Acme Logistics / Integration"
    assert lines == [
        ["Day", "Person", "Teams", "API", "Level", "Next end"],
        *(
            ["2026-03-01", email, team, api, "consume", "2026-12-31"]
            for email in (ADMIN, MEMBER, INVITED)
            for api in ("rates-v1", "tracking-v2")
        ),
        ["2026-03-01", "gus@globex.example", "Globex / Operations", "", "none", ""],
    ]
    assert as_csv.headers["content-disposition"] == 'attachment; filename="access-2026-03-01.csv"'
    assert json.loads(as_json.content) == portal.get("/access", params={"on": "2026-03-02"}).json()
    own = signed_in(ADMIN).get(f"/ui/teams/{company.integration}/access/people/json")
    assert own.headers["content-disposition"] == 'attachment; filename="access-integration-2026-03-01.json"'
    assert [each["email"] for each in json.loads(own.content)["items"]] == [ADMIN, MEMBER, INVITED]


def test_an_empty_page_before_the_end_leads_on(
    portal: Portal, signed_in: SignedIn, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.portal_server.operations.matrix._MOST_ROUNDS", 1)
    for number in range(60):
        portal.made("/people", email=f"a{number:02}@acme.example")
        portal.member({"id": company.integration}, f"a{number:02}@acme.example", until="2026-02-01")
    page = signed_in(OPERATOR).get(f"{BASE}?api=rates-v1")

    assert "Nobody on this page matches Go on: further people may match. Continue" in text_of(page)


def test_a_portal_without_people_says_so(signed_in: SignedIn) -> None:
    assert "Nobody has access yet" in text_of(signed_in(OPERATOR).get(BASE))

"""Operators give and revoke access, fill groups, add admins, suspend partners, and issue tokens."""

from collections.abc import Callable

import pytest

from reconciler.portal_server.seed import Site
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, URL, Browser, text_of
from tests.portal_server.pages.company import ADMIN, MEMBER, Company, found

SignedIn = Callable[[str], Browser]
BASE = "/ui/operator"
DRIFT = "The next plan shows your change as drift; reconciler capture makes it a pull request"


@pytest.fixture
def operator(signed_in: SignedIn, company: Company) -> Browser:
    assert company
    return signed_in(OPERATOR)


def manage(portal: Portal, company: Company) -> None:
    """Let git manage acme, its integration team and the group."""
    for path in (
        f"/partners/{company.acme}",
        f"/teams/{company.integration}",
        f"/access-groups/{company.group}",
    ):
        assert portal.send("PATCH", path, json={"managedBy": "production"}).status_code == 200


def test_access_is_given_from_the_page_of_the_partner(
    portal: Portal, operator: Browser, company: Company
) -> None:
    page = operator.get(f"{BASE}/partners/{company.acme}")
    assert f'href="{BASE}/grants/new?partner=acme"' in page.text
    form = operator.get(f"{BASE}/grants/new?partner=acme")
    assert 'value="acme/finance"' in form.text
    assert 'value="globex/ops"' not in form.text
    given = {
        "groupId": "logistics",
        "teamId": "acme/finance",
        "level": "view",
        "until": "2027-01-31",
        "reason": "pilot",
    }
    answer = operator.submit(f"{BASE}/grants/new?partner=acme", given)

    assert "Acme Logistics · Finance can now view Logistics partners." in text_of(answer)
    grant = portal.get("/grants", params={"team": company.finance}).json()["items"][0]
    assert (grant["level"], grant["until"], grant["reason"]) == ("view", "2027-01-31", "pilot")


def test_the_only_team_of_a_partner_is_chosen(operator: Browser) -> None:
    assert 'value="globex/ops" selected' in operator.get(f"{BASE}/grants/new?partner=globex").text


@pytest.mark.parametrize(
    ("typed", "status", "message"),
    [
        ({"groupId": "logistics"}, 422, "Choose a team, or enter the address of a person, not both."),
        (
            {"groupId": "logistics", "teamId": "acme/ops"},
            422,
            "No team is called “acme/ops”. Choose one of the list.",
        ),
        ({"teamId": "acme/finance"}, 422, "Choose the access group."),
        (
            {"groupId": "logistics", "teamId": "acme/finance", "until": "soon"},
            422,
            "Enter a day as YYYY-MM-DD",
        ),
        (
            {"groupId": "logistics", "teamId": "acme/integration"},
            409,
            "The access group is already granted to this team or person.",
        ),
    ],
)
def test_access_that_cannot_be_given_is_explained(
    operator: Browser, typed: dict[str, str], status: int, message: str
) -> None:
    answer = operator.submit(f"{BASE}/grants/new", {"level": "consume", "email": "", **typed})

    assert (answer.status_code, message in text_of(answer)) == (status, True)


def test_what_git_manages_is_changed_after_a_confirmation(
    portal: Portal, operator: Browser, company: Company
) -> None:
    manage(portal, company)
    page = f"{BASE}/partners/{company.acme}/change"
    etag = portal.get(f"/partners/{company.acme}").json()["etag"]
    form = {"displayName": "Acme", "name": "acme", "type": "reseller", "owner": "sales", "etag": etag}
    review = operator.submit(page, form)

    assert DRIFT in text_of(review)
    assert "partners/acme.yaml" in text_of(review)
    assert "Display name Acme Logistics Acme Owner partnerships sales" in text_of(review)
    assert portal.get(f"/partners/{company.acme}").json()["owner"] == "partnerships"
    assert "Acme was saved." in text_of(operator.submit(page, {**form, "confirmed": "yes"}))
    assert portal.get(f"/partners/{company.acme}").json()["owner"] == "sales"
    assert "Nothing was changed." in text_of(
        operator.submit(page, {**form, "etag": portal.get(f"/partners/{company.acme}").json()["etag"]})
    )


def test_lists_and_boxes_are_compared_in_words(portal: Portal, operator: Browser, company: Company) -> None:
    manage(portal, company)
    form = {"displayName": "Acme Logistics", "name": "acme", "type": "reseller", "owner": "partnerships"}
    page = f"{BASE}/partners/{company.acme}/change"
    etag = portal.get(f"/partners/{company.acme}").json()["etag"]
    review = operator.submit(page, {**form, "domains": "a.example\nb.example", "etag": etag})
    assert "E-mail domains none a.example, b.example" in text_of(review)
    twice = operator.submit(page, {**form, "domains": "a.example a.example", "etag": etag})
    assert "The same entry is in the e-mail domains twice." in text_of(twice)

    team = portal.get(f"/teams/{company.integration}").json()
    form = {"displayName": "Integration", "name": "integration", "etag": team["etag"]}
    review = operator.submit(f"{BASE}/teams/{company.integration}/change", form)
    assert "Its admins invite and remove members themselves yes no" in text_of(review)


def test_access_that_git_manages_is_confirmed_as_well(
    portal: Portal, operator: Browser, company: Company
) -> None:
    manage(portal, company)
    given = {"groupId": "logistics", "email": "Zoe@acme.example", "level": "consume"}
    review = operator.submit(f"{BASE}/grants/new", given)
    assert "Logistics partners for zoe@acme.example no access consume, no end" in text_of(review)
    assert portal.get("/grants").json()["total"] == 1
    answer = operator.submit(f"{BASE}/grants/new", {**given, "confirmed": "yes"})
    assert "zoe@acme.example can now consume Logistics partners." in text_of(answer)

    page = f"{BASE}/grants/{company.grant}/change"
    etag = portal.get(f"/grants/{company.grant}").json()["etag"]
    changed = {"level": "view", "until": "", "reason": "", "etag": etag}
    review = operator.submit(page, changed)
    assert "Level Consume View Last day 2026-12-31 none" in text_of(review)
    assert "was saved." in text_of(operator.submit(page, {**changed, "confirmed": "yes"}))
    grant = portal.get(f"/grants/{company.grant}").json()
    assert (grant["level"], grant["until"]) == ("view", None)
    same = {"level": "view", "etag": grant["etag"]}
    assert "was saved." in text_of(operator.submit(page, same))


def test_a_stale_grant_shows_what_was_changed(operator: Browser, company: Company) -> None:
    page = f"{BASE}/grants/{company.grant}/change"
    assert "Access of Acme Logistics · Integration to Logistics partners" in text_of(operator.get(page))
    typed = {"level": "view", "was-level": "consume", "was-until": "2026-10-31", "etag": '"old"'}
    answer = operator.submit(page, typed)

    assert answer.status_code == 412
    assert "Last day 2026-10-31 2026-12-31 none" in text_of(answer)
    assert operator.submit(page, {"level": "own"}).status_code == 422
    assert operator.submit(f"{BASE}/grants/{company.grant}/revoke", {}).status_code == 412


def test_a_revocation_says_who_loses_what(portal: Portal, operator: Browser, company: Company) -> None:
    other = portal.post(
        "/access-groups", {"name": "rates", "displayName": "Rates only", "owner": "it"}
    ).json()
    portal.post("/access-items", {"groupId": other["id"], "productId": company.product})
    portal.post("/grants", {"groupId": other["id"], "teamId": company.integration, "level": "consume"})
    manage(portal, company)
    page = f"{BASE}/grants/{company.grant}/revoke"
    shown = text_of(operator.get(page))

    assert "3 people of Acme Logistics · Integration lose Tracking." in shown
    assert "Other grants still give Rates." in shown
    assert "Git manages this in access-groups/logistics.yaml . The next plan shows your change" in shown
    etag = portal.get(f"/grants/{company.grant}").json()["etag"]
    answer = operator.submit(page, {"etag": etag})
    assert "Acme Logistics · Integration no longer has Logistics partners." in text_of(answer)
    assert portal.get(f"/grants/{company.grant}").status_code == 404


def test_a_grant_to_a_person_is_revoked_on_the_page_of_the_group(
    portal: Portal, operator: Browser, company: Company
) -> None:
    body = {"groupId": company.group, "email": MEMBER, "level": "view"}
    grant = portal.post("/grants", body).json()
    assert MEMBER in text_of(operator.get(f"{BASE}/access-groups/{company.group}"))
    shown = text_of(operator.get(f"{BASE}/grants/{grant['id']}/revoke"))
    assert f"{MEMBER} loses Rates, Tracking." in shown
    operator.submit(f"{BASE}/grants/{grant['id']}/revoke", {"etag": grant["etag"]})

    assert portal.get("/grants").json()["total"] == 1


def test_groups_and_products_are_filled_and_emptied(
    portal: Portal, operator: Browser, company: Company
) -> None:
    portal.post("/apis", {"name": "quotes", "displayName": "Quotes", "owner": "it"})
    group, product = f"{BASE}/access-groups/{company.group}", f"{BASE}/products/{company.product}"

    assert "Quotes is now in Logistics partners." in text_of(
        operator.submit(f"{group}/items/new", {"apiId": "quotes", "productId": ""})
    )
    assert "Quotes is now in Shipping." in text_of(
        operator.submit(f"{product}/items/new", {"apiId": "quotes"})
    )
    assert "Choose the API." in text_of(operator.submit(f"{product}/items/new", {"apiId": ""}))
    both = operator.submit(f"{group}/items/new", {"apiId": "quotes", "productId": "shipping"})
    assert "Choose an API or a product, not both." in text_of(both)
    again = operator.submit(f"{group}/items/new", {"productId": "shipping"})
    assert (again.status_code, "already has this item" in text_of(again)) == (409, True)
    assert "Cancel" in text_of(operator.get(f"{product}/items/new"))

    inside = portal.get("/product-items", params={"product": company.product}).json()["items"][0]
    page = f"{product}/items/{inside['id']}/remove"
    assert "1 team or person with a grant loses Rates, unless another group gives it." in text_of(
        operator.get(page)
    )
    assert operator.submit(page, {"etag": '"old"'}).status_code == 412
    assert "Rates is no longer in Shipping." in text_of(operator.submit(page, {"etag": inside["etag"]}))
    assert operator.get(page).status_code == 404
    entry = portal.get("/access-items", params={"product": company.product}).json()["items"][0]
    assert "Remove Shipping" in text_of(operator.get(f"{group}/items/{entry['id']}/remove"))
    other = portal.post("/access-groups", {"name": "o", "displayName": "O", "owner": "it"}).json()
    assert operator.get(f"{BASE}/access-groups/{other['id']}/items/{entry['id']}/remove").status_code == 404


def test_an_item_of_a_group_that_git_manages_is_confirmed(
    portal: Portal, operator: Browser, company: Company
) -> None:
    manage(portal, company)
    portal.post("/apis", {"name": "quotes", "displayName": "Quotes", "owner": "it"})
    page = f"{BASE}/access-groups/{company.group}/items/new"
    review = operator.submit(page, {"apiId": "quotes"})

    assert "access-groups/logistics.yaml" in text_of(review)
    assert "Quotes not in it in it" in text_of(review)
    assert "Quotes is now in" in text_of(operator.submit(page, {"apiId": "quotes", "confirmed": "yes"}))


def test_an_admin_is_added_with_a_last_day(portal: Portal, operator: Browser, company: Company) -> None:
    page = f"{BASE}/teams/{company.integration}/people/new"
    assert "Add a person to Integration" in text_of(operator.get(page))
    form = {"email": "Dee@acme.example", "role": "admin", "until": "2026-09-30"}
    answer = operator.submit(page, form)

    assert "dee@acme.example was invited to Integration." in text_of(answer)
    taken = operator.submit(page, form)
    assert (taken.status_code, "The team already has this address." in text_of(taken)) == (409, True)
    manage(portal, company)
    form = {"email": "eve@acme.example", "role": "admin", "until": ""}
    assert "eve@acme.example not in the team admin" in text_of(operator.submit(page, form))
    dated = {"email": "eve@acme.example", "role": "member", "until": "2026-09-30"}
    assert "eve@acme.example not in the team member, until 2026-09-30" in text_of(
        operator.submit(page, dated)
    )
    portal.post("/people", {"email": "eve@acme.example"})
    plain = {"email": "eve@acme.example", "role": "member", "until": ""}
    assert "eve@acme.example is now in Integration." in text_of(operator.submit(page, plain))


def test_a_partner_is_suspended_and_resumed(portal: Portal, operator: Browser, company: Company) -> None:
    page = f"{BASE}/partners/{company.acme}/status"
    shown = text_of(operator.get(f"{page}/suspend"))
    assert "All access through its teams ends at once: 3 memberships in 2 teams." in shown
    assert operator.submit(f"{page}/suspend", {"etag": '"old"'}).status_code == 412
    etag = portal.get(f"/partners/{company.acme}").json()["etag"]
    assert "Acme Logistics is suspended." in text_of(operator.submit(f"{page}/suspend", {"etag": etag}))

    assert portal.get(f"/people/{MEMBER}/access").json()["access"] == []
    assert "This partner is suspended" in text_of(operator.get(f"{BASE}/partners/{company.acme}"))
    manage(portal, company)
    assert "Git manages this in partners/acme.yaml ." in text_of(operator.get(f"{page}/resume"))
    etag = portal.get(f"/partners/{company.acme}").json()["etag"]
    assert "Acme Logistics is active." in text_of(operator.submit(f"{page}/resume", {"etag": etag}))
    assert operator.get(f"{page}/end").status_code == 404


def test_a_token_is_shown_once_and_revoked(portal: Portal, operator: Browser, company: Company) -> None:
    page = f"{BASE}/tokens/new"
    form = {"name": "acme's script", "scope": "team", "teamId": "acme/integration"}
    answer = operator.submit(page, form)
    token = answer.text.partition('value="rpt_')[2].partition('"')[0]

    assert portal.get("/me", token=f"rpt_{token}").json()["teamId"] == company.integration
    listed = operator.get(f"{BASE}/tokens")
    assert token not in listed.text
    assert "acme's script Manage members of Acme Logistics · Integration" in text_of(listed)
    assert "acme's script" in text_of(operator.get(f"{BASE}/teams/{company.integration}"))
    wrong = operator.submit(page, {**form, "scope": "read"})
    assert "Choose a team for a token that manages the members of one team, and only for it." in text_of(
        wrong
    )
    made = next(each for each in portal.items("/tokens") if each["name"] == "acme's script")
    path = f"{BASE}/tokens/{made['id']}/delete"
    assert "What uses this token stops working at once." in text_of(operator.get(path))
    assert "acme's script was deleted." in text_of(operator.submit(path, {"etag": made["etag"]}))
    assert portal.get("/me", token=f"rpt_{token}").status_code == 401


def test_a_token_whose_team_was_deleted_can_do_nothing(
    portal: Portal, operator: Browser, company: Company
) -> None:
    portal.post("/tokens", {"name": "old", "scope": "team", "teamId": company.finance})
    portal.delete(f"/teams/{company.finance}")

    assert "old Nothing: its team was deleted" in text_of(operator.get(f"{BASE}/tokens"))


def test_the_page_of_a_person_shows_teams_grants_and_access(
    portal: Portal, operator: Browser, company: Company
) -> None:
    portal.post(
        "/grants", {"groupId": company.group, "email": MEMBER, "level": "view", "until": "2026-05-31"}
    )
    person = portal.items("/people", params={})[1]["id"]
    shown = text_of(operator.get(f"{BASE}/people/{person}"))

    assert "Acme Logistics · Integration Member active no end" in shown
    assert "Logistics partners view 2026-05-31" in shown
    assert "rates-v1 consume tracking-v2 consume" in shown


def test_many_choices_become_a_field_for_the_name(portal: Portal, operator: Browser) -> None:
    for number in range(300):
        portal.post("/apis", {"name": f"api-{number:03}", "displayName": f"API {number:03}", "owner": "it"})
    group = portal.post("/access-groups", {"name": "o", "displayName": "O", "owner": "it"}).json()
    page = f"{BASE}/access-groups/{group['id']}/items/new"

    assert '<input id="apiId" name="apiId" type="text"' in operator.get(page).text
    assert "No API is called" in text_of(operator.submit(page, {"apiId": "api-300"}))
    assert "API 299 is now in O." in text_of(operator.submit(page, {"apiId": "api-299"}))


def test_a_new_team_goes_back_to_its_partner(operator: Browser) -> None:
    form = operator.get(f"{BASE}/teams/new?partnerId=acme")
    assert 'value="acme" selected' in form.text
    assert "Acme Logistics New team" in text_of(form)
    assert "Teams New team" in text_of(operator.get(f"{BASE}/teams/new?partnerId=nobody"))
    for query in ("team=acme/finance", "group=logistics", "team=no/team"):
        assert operator.get(f"{BASE}/grants/new?{query}").status_code == 200


def test_files_of_git_are_linked(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = Site(
        url=URL,
        operators=frozenset({OPERATOR}),
        files_url="https://github.com/our-company/partners/blob/main/",
    )
    database = str(tmp_path_factory.mktemp("linked") / "portal.db")
    with Portal(database, site=site) as portal, Browser(portal) as browser:
        company = found(portal)
        manage(portal, company)
        portal.send("PATCH", f"/products/{company.product}", json={"managedBy": "production"})
        browser.sign_in(OPERATOR)
        folder = "https://github.com/our-company/partners/blob/main"

        assert f'href="{folder}/partners/acme.yaml"' in browser.get(f"{BASE}/partners").text
        assert (
            f'href="{folder}/partners/acme.yaml"' in browser.get(f"{BASE}/teams/{company.integration}").text
        )
        assert f'href="{folder}/access-groups"' in browser.get(f"{BASE}/products/{company.product}").text


def test_an_operator_views_as_an_admin_and_changes_nothing(
    portal: Portal, operator: Browser, company: Company
) -> None:
    assert portal.get("/audit", params={"action": "view"}).json()["total"] == 0
    begun = operator.submit(f"{BASE}/teams/{company.integration}/view-as", follow=False)
    assert begun.headers["location"] == f"/ui/teams/{company.integration}/members"
    home = operator.get("/ui/")
    assert "You see the portal as an admin of Acme Logistics · Integration" in text_of(home)
    assert operator.get(f"{BASE}/partners").status_code == 404
    assert operator.get(f"/ui/teams/{company.finance}/members").status_code == 404
    assert operator.submit(f"{BASE}/partners/new", {"name": "x"}).status_code == 404
    team = f"/ui/teams/{company.integration}"
    for page in ("members", "members/invite", "access", "requests", "audit", f"members/{company.bo}"):
        shown = operator.get(f"{team}/{page}")
        assert (shown.status_code, "You cannot change anything." in text_of(shown)) == (200, True), page
    refused = operator.submit(f"{team}/members/{company.bo}/remove")
    assert refused.status_code == 403
    assert "End the view to make changes." in text_of(refused)
    assert portal.get(f"/members/{company.bo}").status_code == 200

    ended = operator.submit("/ui/view-as/end")
    assert "You are an operator again." in text_of(ended)
    entries = [each for each in portal.items("/audit") if each["action"] in {"view", "end-view"}]
    assert [(each["action"], each["person"], each["through"], each["object"]) for each in entries] == [
        ("view", OPERATOR, "operator", company.integration),
        ("end-view", OPERATOR, "operator", company.integration),
    ]


def test_the_pages_of_a_team_lead_an_operator_back(
    signed_in: SignedIn, operator: Browser, company: Company
) -> None:
    link = f'href="{BASE}/teams/{company.integration}"'
    page = f"/ui/teams/{company.integration}/members"

    assert link in operator.get(page).text
    assert link not in signed_in(ADMIN).get(page).text


def test_a_view_ends_with_its_team(portal: Portal, operator: Browser, company: Company) -> None:
    assert operator.submit("/ui/view-as/end", follow=False).headers["location"] == "/ui/"
    operator.submit(f"{BASE}/teams/{company.finance}/view-as", follow=False)
    portal.delete(f"/teams/{company.finance}")

    ended = operator.submit("/ui/view-as/end", follow=False)
    assert ended.headers["location"] == f"{BASE}/teams"
    assert operator.get(f"{BASE}/teams").status_code == 200


def test_an_admin_cannot_end_or_begin_a_view(signed_in: SignedIn, company: Company) -> None:
    browser = signed_in(ADMIN)

    assert browser.submit("/ui/view-as/end", follow=False).headers["location"] == "/ui/"
    assert browser.submit(f"{BASE}/teams/{company.integration}/view-as").status_code == 404

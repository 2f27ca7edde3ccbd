"""Home, Our access, a person's page, my access, and requests for access, as people use them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from reconciler.portal_server.storage.tables import access_items, access_requests, apis, sessions
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, Browser, text_of
from tests.portal_server.pages.company import ADMIN, INVITED, MEMBER, Company

SignedIn = Callable[[str], Browser]


def asked(portal: Portal, company: Company, **fields: Any) -> dict[str, Any]:
    body = {"teamId": company.integration, "groupId": company.group, "until": "2027-12-31"} | fields
    return portal.made("/access-requests", **body)


def test_home_shows_teams_what_ends_and_what_waits(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    portal.patch(f"/grants/{company.grant}", {"until": "2026-03-20"})
    portal.pass_time(days=8)
    portal.member({"id": company.finance}, ADMIN, until="2026-03-31")
    request = asked(portal, company)
    portal.post(f"/access-requests/{request['id']}/decline", {"answer": "Not this year."})
    home = text_of(signed_in(ADMIN).get("/ui/"))

    assert "1 invitation to the team Integration expired." in home
    assert "Declined Your request for Logistics partners for the team Integration was declined" in home
    assert "“Not this year.”" in home
    assert "Your membership Acme Logistics · Finance 2026-03-31 in 22 days" in home
    assert "Logistics partners consume Integration 2026-03-20 in 11 days Ask for longer" in home
    assert "Integration Acme Logistics Admin 3 no end Access of Integration" in home
    seen_by_member = text_of(signed_in(MEMBER).get("/ui/"))
    assert "Integration Acme Logistics Member 3 no end" in seen_by_member
    assert "Waiting for you" not in seen_by_member
    assert "Ends in the next 30 days" not in seen_by_member


def test_home_of_a_person_without_a_team(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    assert company
    home = text_of(signed_in(INVITED).get("/ui/"))

    assert "Acme Logistics invited you to the team Integration just now . Accept Decline" in home
    assert "You are in no team A team's admin can invite you, by the address cy@acme.example." in home
    portal.patch(f"/partners/{company.acme}", {"blocked": [INVITED]})
    assert "invited you" not in text_of(signed_in(INVITED).get("/ui/"))


def test_home_of_an_operator_counts_what_waits(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    asked(portal, company)
    home = text_of(signed_in(OPERATOR).get("/ui/"))

    assert "You are an operator Requests to decide 1 Partners 2" in home
    assert "You are in no team" not in home


def test_an_operator_who_views_the_portal_as_an_admin_sees_that_team_alone(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    browser = signed_in(OPERATOR)
    with portal.app.state.database.writing() as connection:
        connection.execute(update(sessions).values(viewing_team_id=company.integration))

    assert "Integration Acme Logistics Admin not shown no end" in text_of(browser.get("/ui/"))
    base = f"/ui/teams/{company.integration}"
    access, new = text_of(browser.get(f"{base}/access")), text_of(browser.get(f"{base}/requests/new"))
    assert ("Logistics partners consume 2" in access, "Give back" in access) == (True, False)
    assert ("For all members of Integration" in new, "What it is for" in new) == (True, False)
    assert "Remove from the team" not in text_of(browser.get(f"{base}/members/{company.bo}"))


def test_a_member_sees_what_the_team_reaches_but_cannot_change_it(
    signed_in: SignedIn, company: Company
) -> None:
    path = f"/ui/teams/{company.integration}/access"
    member, admin = text_of(signed_in(MEMBER).get(path)), text_of(signed_in(ADMIN).get(path))

    for page in (member, admin):
        assert "Logistics partners consume 2 2026-12-31 in 10 months" in page
        assert "Rates rates-v1 consume Logistics partners → Shipping 2026-12-31" in page
        assert "Tracking tracking-v2 consume Logistics partners 2026-12-31" in page
    assert ("Give back" in member, "Ask for more access" in member) == (False, False)
    assert ("Give back Logistics partners" in admin, "Ask for longer" in admin) == (True, True)
    assert signed_in(MEMBER).get(f"/ui/teams/{company.integration}/requests").status_code == 403


def test_apis_can_be_searched_when_there_are_many(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    rows = [{"id": f"api_x{n}", "name": f"bulk-{n}", "display_name": f"Bulk {n}"} for n in range(210)]
    items = [{"id": f"ait_x{n}", "group_id": company.group, "api_id": f"api_x{n}"} for n in range(210)]
    common = {"owner": "platform", "visibility": "restricted", "etag": ""}
    with portal.app.state.database.writing() as connection:
        connection.execute(apis.insert(), [row | common for row in rows])
        connection.execute(access_items.insert(), [row | {"etag": ""} for row in items])
    browser, path = signed_in(ADMIN), f"/ui/teams/{company.integration}/access"

    first = text_of(browser.get(path))
    assert "200 of 212 shown Search for an API" in first
    found = text_of(browser.get(f"{path}?search=TRACK"))
    assert ("1 of 212 shown" in found, "bulk-1" in found, "Search for an API" in found) == (
        True,
        False,
        False,
    )
    assert "No API matches Try another word." in text_of(browser.get(f"{path}?search=nothing"))


def test_a_team_without_access_is_told_what_to_do(signed_in: SignedIn, company: Company) -> None:
    page = text_of(signed_in(OPERATOR).get(f"/ui/teams/{company.finance}/access"))
    assert "This team has no access yet" in page


def test_a_suspended_partner_can_change_nothing(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    portal.patch(f"/partners/{company.acme}", {"status": "suspended"})
    browser, base = signed_in(ADMIN), f"/ui/teams/{company.integration}"

    access = text_of(browser.get(f"{base}/access"))
    assert "Acme Logistics is suspended Nobody in this team can call anything" in access
    assert "Give back" not in access
    assert "cannot ask for access" in text_of(browser.get(f"{base}/requests/new"))
    form = {"groupId": company.group, "until": "2027-12-31"}
    assert browser.submit(f"{base}/requests/new", form).status_code == 403
    refused = browser.submit(f"{base}/access/{company.grant}/give-back", {"etag": "x"})
    assert (refused.status_code, "The partner is suspended." in text_of(refused)) == (403, True)


def test_an_admin_gives_access_back_after_seeing_who_loses_what(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    other = portal.group(displayName="Other", managedBy="git")
    portal.made("/access-items", groupId=other["id"], apiId=company.tracking)
    extra = portal.made("/grants", groupId=other["id"], teamId=company.integration, level="view")
    browser, base = signed_in(ADMIN), f"/ui/teams/{company.integration}/access"
    path = f"{base}/{company.grant}/give-back"

    shown = text_of(browser.get(path))
    assert "2 active members of Integration lose Rates, Tracking." in shown
    assert "To get it again, you have to ask for it." in shown
    of_git = text_of(browser.get(f"{base}/{extra['id']}/give-back"))
    assert "No API is lost. Other access groups of the team still give Tracking." in of_git
    assert "Git manages this: the access comes back with the next apply" in of_git

    stale = browser.submit(path, {"etag": '"old"'})
    assert (stale.status_code, "This was changed meanwhile." in text_of(stale)) == (412, True)
    assert browser.submit(path).status_code == 412
    etag = portal.get(f"/grants/{company.grant}").json()["etag"]
    assert "Logistics partners was given back." in text_of(browser.submit(path, {"etag": etag}))
    assert portal.get(f"/grants/{company.grant}").status_code == 404
    assert browser.get(path).status_code == 404
    assert browser.submit(path, {"etag": etag}).status_code == 404
    operator = signed_in(OPERATOR)
    assert operator.submit(f"{base}/{extra['id']}/give-back", {"etag": extra["etag"]}).status_code == 200


def test_an_admin_asks_for_longer_and_an_operator_grants_less(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    admin, operator = signed_in(ADMIN), signed_in(OPERATOR)
    base = f"/ui/teams/{company.integration}/requests"
    assert "No requests yet" in text_of(admin.get(base))

    form = text_of(admin.get(f"{base}/new?groupId={company.group}&level=consume"))
    assert "Your team has consume on Logistics partners until 2026-12-31" in form
    wrong = admin.submit(f"{base}/new", {"groupId": company.group, "until": "2026-02-01", "reason": "Peak"})
    assert (wrong.status_code, "This day has passed." in text_of(wrong)) == (422, True)
    assert 'value="2026-02-01"' in wrong.text
    assert "Peak</textarea>" in wrong.text
    sent = {"groupId": company.group, "level": "consume", "until": "2027-12-31", "reason": "Peak"}
    for _ in range(2):
        done = text_of(admin.submit(f"{base}/new", sent))
        assert "Logistics partners was requested. An operator decides about it." in done
    assert done.count("Withdraw") == 1

    (request,) = portal.items("/access-requests")
    listed = text_of(operator.get("/ui/operator/requests"))
    assert "Logistics partners consume 2027-12-31 in 22 months consume 2026-12-31 in 10 months" in listed
    path = f"/ui/operator/requests/{request['id']}"
    assert "Asks for consume 2027-12-31" in text_of(operator.get(path))
    decision = {"decision": "grant", "level": "consume", "until": "2027-06-30", "answer": "Half a year."}
    granted = operator.submit(path, {**decision, "etag": request["etag"]})
    assert "Integration now has consume on Logistics partners." in text_of(granted)

    second = operator.submit(path, {"decision": "decline", "answer": "No.", "etag": request["etag"]})
    assert second.status_code == 412
    assert "This was changed meanwhile." in text_of(second)
    assert "Granted 2026-03-01 12:00 UTC just now by olga@portal.example" in text_of(second)
    assert portal.get(f"/grants/{company.grant}").json()["until"] == "2027-06-30"
    mail = portal.items("/mailbox", params={"to": ADMIN})[-1]
    assert "has the level consume until 2027-06-30." in mail["text"]
    assert f"https://portal.example/ui/teams/{company.integration}/requests" in mail["text"]
    seen = text_of(admin.get(base))
    assert ("Half a year." in seen, "olga" in seen) == (True, False)


def test_an_operator_declines_with_an_answer(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    request = asked(portal, company, groupId=None, until=None, reason="Customs")
    managed = portal.group(displayName="Customs group", managedBy="git")
    operator, path = signed_in(OPERATOR), f"/ui/operator/requests/{request['id']}"

    etag = {"etag": request["etag"]}
    empty = operator.submit(path, {**etag, "decision": "grant", "level": "view"})
    assert "Choose the access group to grant." in text_of(empty)
    unsaid = operator.submit(path, {**etag, "decision": "decline", "answer": " "})
    assert "Say why the request is declined." in text_of(unsaid)
    declined = operator.submit(path, {**etag, "decision": "decline", "answer": "Ask sales."})
    assert "The request of Integration was declined." in text_of(declined)
    assert "No request is open" in text_of(declined)
    shown = text_of(operator.get("/ui/operator/requests?state=declined"))
    assert "Integration Acme Logistics Something else" in shown
    assert "No request is open" in text_of(operator.get("/ui/operator/requests?state=other"))

    wish = asked(portal, company, groupId=None, until=None, reason="Customs")
    form = {"decision": "grant", "level": "view", "groupId": managed["id"], "etag": wish["etag"]}
    assert operator.submit(f"/ui/operator/requests/{wish['id']}", form).status_code == 200
    assert len(portal.items("/grants", params={"group": managed["id"]})) == 1


def test_a_decision_about_what_git_manages_says_that_it_is_drift(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    portal.patch(f"/access-groups/{company.group}", {"managedBy": "git"})
    request = asked(portal, company)
    page = text_of(signed_in(OPERATOR).get(f"/ui/operator/requests/{request['id']}"))

    assert "The next plan shows a grant that you make here as drift." in page


def test_an_admin_withdraws_a_request(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    request = asked(portal, company)
    other = asked(portal, company, teamId=company.globex_ops)
    browser, base = signed_in(ADMIN), f"/ui/teams/{company.integration}/requests"

    assert browser.submit(f"{base}/{other['id']}/withdraw", {"etag": other["etag"]}).status_code == 403
    assert browser.submit(f"{base}/{request['id']}/withdraw").status_code == 412
    done = browser.submit(f"{base}/{request['id']}/withdraw", {"etag": request["etag"]})
    assert "The request was withdrawn." in text_of(done)
    assert portal.get(f"/access-requests/{request['id']}").json()["state"] == "withdrawn"
    nothing = text_of(browser.submit(f"{base}/new", {"level": "view"}))
    assert "Choose an access group above, or say here what you need." in nothing
    wish = browser.submit(f"{base}/new", {"level": "view", "reason": "Something"})
    assert "The request was sent." in text_of(wish)


def test_requests_have_pages(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    row = {"team_id": company.integration, "level": "view", "state": "declined", "etag": ""}
    row |= {"requested_by": ADMIN, "requested_at": "2026-02-01T12:00:00Z"}
    wishes = [row | {"id": f"arq_{n}", "reason": f"Wish {n}"} for n in range(51)]
    with portal.app.state.database.writing() as connection:
        connection.execute(access_requests.insert(), wishes)
    browser, base = signed_in(ADMIN), f"/ui/teams/{company.integration}/requests"

    first, second = text_of(browser.get(base)), text_of(browser.get(f"{base}?page=2"))
    assert ("Wish 50 " in first, "Wish 1 " in first, "Wish 0 " in first) == (True, True, False)
    assert ("Wish 0 " in second, "1 of 51 shown" in second) == (True, True)
    assert browser.get(f"{base}?page=x").status_code == 422
    assert text_of(browser.get(f"{base}?page=2.0")) == second
    declined = signed_in(OPERATOR).get("/ui/operator/requests?state=declined&page=2")
    assert "1 of 51 shown" in text_of(declined)


def test_the_page_of_a_person_shows_each_path_and_the_history(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    portal.patch(f"/members/{company.bo}", {"until": "2026-06-30"})
    path = f"/ui/teams/{company.integration}/members/{company.bo}"
    page = text_of(signed_in(ADMIN).get(path))

    assert "State Active Role Member Last day 2026-06-30" in page
    assert (
        "team Integration of Acme Logistics access group Logistics partners product Shipping API Rates"
        " consume, until 2026-06-30"
    ) in page
    assert "Changed: last day none → 2026-06-30 2026-03-01 12:00 UTC just now an operator" in page
    assert "Added 2026-03-01 12:00 UTC" in page
    assert "Git decides about this person Admins, and people with a last day, are managed by" in page
    assert "Change role" not in page


def test_operators_change_a_role(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    path = f"/ui/teams/{company.integration}/members/{company.bo}"
    operator = signed_in(OPERATOR)
    etag = portal.get(f"/members/{company.bo}").json()["etag"]

    stale = operator.submit(path, {"role": "admin", "until": "2026-09-30", "etag": '"x"'})
    assert (stale.status_code, 'value="2026-09-30"' in stale.text) == (412, True)
    refused = signed_in(ADMIN).submit(path, {"role": "admin", "etag": etag})
    assert (refused.status_code, "Only operators change roles" in text_of(refused)) == (403, True)
    done = text_of(operator.submit(path, {"role": "admin", "etag": etag}))
    assert "bo@acme.example was changed." in done
    assert "Changed: role member → admin 2026-03-01 12:00 UTC just now olga@portal.example" in done


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"status": "suspended"}, "Acme Logistics is suspended Nobody can be invited or removed"),
        ({"blocked": [MEMBER]}, "Active Blocked by the partner"),
    ],
)
def test_the_page_of_a_person_says_why_nothing_works(
    portal: Portal, signed_in: SignedIn, company: Company, change: dict[str, Any], sentence: str
) -> None:
    portal.patch(f"/partners/{company.acme}", change)
    page = text_of(signed_in(ADMIN).get(f"/ui/teams/{company.integration}/members/{company.bo}"))
    assert (sentence in page, "Nothing now" in page) == (True, True)


def test_the_history_names_an_invitation_and_a_source(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    change = {"Change-Source": 'commit="9f31c0e"'}
    portal.patch(f"/members/{company.cy}", {"until": "2026-09-30"}, headers=change)
    portal.answer(portal.codes(INVITED)[0], "accept")
    page = text_of(signed_in(OPERATOR).get(f"/ui/teams/{company.integration}/members/{company.cy}"))

    assert "Accepted the invitation 2026-03-01 12:00 UTC just now the link in the e-mail" in page
    assert 'the reconciler (commit="9f31c0e")' in page
    assert "Remove from the team" in page


def test_people_of_other_teams_are_not_shown(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    other = portal.member({"id": company.globex_ops}, "other@globex.example")
    path = f"/ui/teams/{company.integration}/members"

    for who in (ADMIN, OPERATOR):
        for member in (other["id"], "mem_0"):
            assert signed_in(who).get(f"{path}/{member}").status_code == 404
    assert signed_in(MEMBER).get(f"{path}/{company.bo}").status_code == 403


def test_my_own_access_and_sessions(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    portal.made("/grants", groupId=company.group, email=MEMBER, level="view")
    first, second = signed_in(MEMBER), signed_in(MEMBER)

    page = text_of(second.get("/ui/me"))
    assert "granted to the person access group Logistics partners API Tracking view, without an end" in page
    assert "Integration Acme Logistics Member no end" in page
    assert "This browser 2026-03-01 12:00 UTC just now just now a link in an e-mail Another browser" in page
    done = text_of(second.submit("/ui/me/sessions/end"))
    assert ("All other sessions have ended." in done, "Another browser" in done) == (True, False)
    assert (first.get("/ui/me").status_code, second.get("/ui/me").status_code) == (303, 200)


def test_a_person_without_access_is_told_so(signed_in: SignedIn, company: Company) -> None:
    assert company
    page = text_of(signed_in("nobody@acme.example").get("/ui/me"))
    assert ("You cannot call any API now" in page, "You are in no team." in page) == (True, True)


@pytest.mark.parametrize(
    ("page", "statuses"),
    [
        ("/access", {"stranger": 303, "other": 404, "member": 200, "admin": 200, "operator": 200}),
        ("/access/{grant}/give-back", {"member": 403, "admin": 200, "operator": 200, "other": 404}),
        ("/requests", {"stranger": 303, "other": 404, "member": 403, "admin": 200, "operator": 200}),
        ("/requests/new", {"other": 404, "member": 403, "admin": 200, "operator": 200}),
        ("/members/{bo}", {"stranger": 303, "other": 404, "member": 403, "admin": 200, "operator": 200}),
    ],
)
def test_who_opens_the_pages_of_a_team(
    signed_in: SignedIn, stranger: Browser, company: Company, page: str, statuses: dict[str, int]
) -> None:
    path = f"/ui/teams/{company.integration}" + page.format(grant=company.grant, bo=company.bo)
    people = {"other": "else@globex.example", "member": MEMBER, "admin": ADMIN, "operator": OPERATOR}

    def status(who: str) -> int:
        browser = stranger if who == "stranger" else signed_in(people[who])
        return browser.get(path).status_code

    assert {who: status(who) for who in statuses} == statuses


@pytest.mark.parametrize(
    ("path", "posted"), [("/ui/operator/requests", 405), ("/ui/operator/requests/arq_0", 404)]
)
def test_only_operators_open_the_list_of_requests(
    signed_in: SignedIn, company: Company, path: str, posted: int
) -> None:
    assert company
    assert signed_in(ADMIN).get(path).status_code == 404
    assert signed_in(ADMIN).submit(path, {"decision": "grant"}).status_code == posted

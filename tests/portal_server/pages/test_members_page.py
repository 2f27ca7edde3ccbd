"""The list of members: what each person sees, filters and pages, sending again, removing, leaving."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, Browser, text_of
from tests.portal_server.pages.company import ADMIN, INVITED, MEMBER, Company

SignedIn = Callable[[str], Browser]


def listed(page: httpx2.Response) -> list[str]:
    """Return the people of the rows, in order."""
    return re.findall(r'<th scope="row">.*?([^<>\s]+@[^<>\s]+)(?:</a>)?</th>', page.text)


def tag(portal: Portal, member: str) -> str:
    return str(portal.get(f"/members/{member}").headers["ETag"])


def base(company: Company) -> str:
    return f"/ui/teams/{company.integration}"


@pytest.fixture
def admin(signed_in: SignedIn, company: Company) -> Browser:
    assert company
    return signed_in(ADMIN)


def test_a_team_leads_to_the_page_that_the_person_needs(signed_in: SignedIn, company: Company) -> None:
    found = {who: signed_in(who).get(base(company)).headers["location"] for who in (ADMIN, MEMBER, OPERATOR)}

    assert found == {
        ADMIN: f"{base(company)}/members",
        MEMBER: f"{base(company)}/access",
        OPERATOR: f"{base(company)}/members",
    }


def test_an_admin_sees_all_members_and_can_remove_those_that_git_does_not_manage(
    admin: Browser, company: Company
) -> None:
    page = admin.get(f"{base(company)}/members")

    assert listed(page) == [ADMIN, MEMBER, INVITED]
    assert re.findall(r'name="member" value="(\w+)"', page.text) == [company.bo, company.cy]
    shown = text_of(page)
    assert f"{ADMIN} Admin managed in git Active no end never " in shown
    assert f"{INVITED} Member Invited no end just now Withdraw {INVITED}" in shown
    assert "3 of 3 shown" in shown


def test_a_member_sees_only_the_admins(signed_in: SignedIn, company: Company) -> None:
    browser = signed_in(MEMBER)
    page = browser.get(f"{base(company)}/members")

    assert listed(page) == [ADMIN]
    assert INVITED not in page.text
    for path in ("members/invite", f"members/{company.cy}/remove", "members/selected"):
        assert browser.get(f"{base(company)}/{path}").status_code == 403, path
        assert browser.submit(f"{base(company)}/{path}").status_code == 403, path


def test_a_team_without_admins_says_whom_to_ask(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    portal.delete(f"/members/{company.ana}")

    assert "Ask the operator of the portal." in text_of(signed_in(MEMBER).get(f"{base(company)}/members"))


def test_the_list_is_filtered_and_searched(portal: Portal, admin: Browser, company: Company) -> None:
    team = {"id": company.integration}
    portal.member(team, "di@acme.example", until="2026-03-20")
    portal.member(team, "ed@acme.example", until="2026-06-20")
    portal.member(team, "flo@acme.example")
    portal.answer(portal.codes("flo@acme.example")[0], "decline")
    portal.patch(f"/partners/{company.acme}", {"blocked": ["bo@acme.example"]})

    def found(query: str) -> list[str]:
        return [each.partition("@")[0] for each in listed(admin.get(f"{base(company)}/members?{query}"))]

    assert found("search=O%40A") == ["bo", "flo"]
    assert found("state=active") == ["ana"]
    assert found("state=blocked") == ["bo"]
    assert found("state=invited") == ["cy", "di", "ed"]
    assert found("state=declined&role=member") == ["flo"]
    assert found("state=managed") == ["ana", "di", "ed"]
    assert found("role=admin") == ["ana"]
    assert found("ending=30") == ["di"]
    assert found("state=odd&role=odd&ending=odd&select=all") == ["ana", "bo", "cy", "di", "ed", "flo"]
    assert "Nobody matches" in text_of(admin.get(f"{base(company)}/members?search=zzz"))
    portal.clock += timedelta(days=8)
    admin.sign_in(ADMIN)
    assert found("state=expired") == ["cy", "di", "ed"]


def test_in_a_team_that_is_not_delegated_git_manages_everybody(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    portal.patch(f"/teams/{company.integration}", {"delegated": False})
    page = signed_in(ADMIN).get(f"{base(company)}/members?state=managed")

    assert listed(page) == [ADMIN, MEMBER, INVITED]
    assert "Git decides who is in this team" in text_of(page)
    assert 'name="member"' not in page.text
    assert "Invite people" not in page.text


def test_pages_lead_forward_and_back_and_have_everybody_once(
    portal: Portal, admin: Browser, company: Company
) -> None:
    with portal.app.state.database.writing() as connection:
        for number in range(117):
            email = f"p{number:03}@acme.example"
            connection.exec_driver_sql(
                "INSERT INTO members (id, team_id, email, role, state, etag) "
                "VALUES (?, ?, ?, 'member', 'active', '\"1\"')",
                (f"mem_{number:03}", company.integration, email),
            )
    path = f"{base(company)}/members"
    pages, previous = [], []
    href: str | None = path
    while href is not None:
        page = admin.get(href)
        assert "of 120 shown" in text_of(page)
        pages.append(listed(page))
        links = dict(re.findall(r'href="([^"]+)" rel="(prev|next)"', page.text))
        href = next((each.replace("&amp;", "&") for each, rel in links.items() if rel == "next"), None)
        back = next((each.replace("&amp;", "&") for each, rel in links.items() if rel == "prev"), None)
        previous.append(listed(admin.get(back)) if back else None)

    assert [len(each) for each in pages] == [50, 50, 20]
    everybody = [email for each in pages for email in each]
    assert everybody == sorted(everybody)
    assert previous == [None, pages[0], pages[1]]
    assert admin.get(f"{path}?cursor=nonsense&role=member").headers["location"] == f"{path}?role=member"


def test_an_admin_removes_a_member_whose_session_ends_with_it(
    signed_in: SignedIn, admin: Browser, company: Company, portal: Portal
) -> None:
    member = signed_in(MEMBER)
    assert member.get(f"{base(company)}/members").status_code == 200
    path = f"{base(company)}/members/{company.bo}/remove"
    confirm = admin.get(path)
    etag = etag_of(confirm)

    assert "Access to 2 APIs through this team ends at the next request: Rates, Tracking." in text_of(confirm)
    done = admin.submit(path, {"etag": etag})
    assert f"{MEMBER} was removed." in text_of(done)
    assert listed(done) == [ADMIN, INVITED]
    assert member.get(f"{base(company)}/members").status_code == 404
    assert portal.reaches(MEMBER) == {}
    entry = portal.get("/audit", params={"object": company.bo}).json()["items"][-1]
    assert (entry["action"], entry["person"], entry["through"]) == ("delete", ADMIN, "page")
    assert admin.submit(path, {"etag": etag}).status_code == 404


def test_a_change_meanwhile_is_shown_before_somebody_is_removed(
    portal: Portal, admin: Browser, company: Company
) -> None:
    path = f"{base(company)}/members/{company.cy}/remove?next={base(company)}/access"
    etag = etag_of(admin.get(path))
    portal.answer(portal.codes(INVITED)[0], "accept")
    refused = admin.submit(path, {"etag": etag})

    assert refused.status_code == 412
    assert "This was changed meanwhile. Nothing was saved" in text_of(refused)
    assert f"Remove {INVITED}?" in text_of(refused)
    done = admin.submit(path, {"etag": etag_of(refused)}, follow=False)
    assert done.headers["location"] == f"{base(company)}/access"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/ui/\\evil.example"])
def test_removing_leads_only_to_pages_of_this_site(admin: Browser, company: Company, target: str) -> None:
    path = f"{base(company)}/members/{company.cy}/remove"
    done = admin.submit(path, {"etag": etag_of(admin.get(path)), "next": target}, follow=False)

    assert done.headers["location"] == f"{base(company)}/members"


def test_an_admin_cannot_remove_what_git_manages(portal: Portal, admin: Browser, company: Company) -> None:
    path = f"{base(company)}/members/{company.ana}/remove"
    page = admin.get(path)

    assert "Git decides about this person" in text_of(page)
    assert "<button" not in page.text.partition("<main")[2]
    refused = admin.submit(path)
    assert refused.status_code == 403
    assert "You cannot change an admin, a role or a last day." in text_of(refused)
    foreign = portal.member({"id": company.globex_ops}, "eve@globex.example")
    assert admin.submit(f"{base(company)}/members/{foreign['id']}/remove").status_code == 404


def test_several_are_removed_after_a_confirmation(portal: Portal, admin: Browser, company: Company) -> None:
    path = f"{base(company)}/members"
    form = {"member": [company.bo, company.cy, company.ana, "mem_0"], "back": f"{path}?role=member"}
    confirm = admin.submit(f"{path}/selected", form)

    assert "Remove 2 people from Integration?" in text_of(confirm)
    assert f"Not included Person State Why {ADMIN} Active Managed in git" in text_of(confirm)
    assert "1 person is no longer in the team." in text_of(confirm)
    chosen = re.findall(r'name="member" value="([^"]+)"', confirm.text)
    values = [each.replace("&#34;", '"') for each in chosen]
    done = admin.submit(
        f"{path}/confirmed", {"bulk": "remove", "member": values, "back": form["back"]}, follow=False
    )
    assert done.headers["location"] == f"{path}?role=member"
    assert [item["email"] for item in portal.items("/members", params={"team": company.integration})] == [
        ADMIN
    ]
    again = admin.submit(f"{path}/confirmed", {"bulk": "remove", "member": values})
    assert "2 people are no longer in the team." in text_of(again)


@pytest.mark.parametrize("stale", [' "old"', ""])
def test_each_of_several_has_its_own_result(
    portal: Portal, admin: Browser, company: Company, stale: str
) -> None:
    path = f"{base(company)}/members"
    others = [f"{each} {tag(portal, each)}" for each in (company.cy, company.ana)]
    results = admin.submit(
        f"{path}/confirmed", {"bulk": "remove", "member": [f"{company.bo}{stale}", *others]}
    )

    assert text_of(results).partition("1 person was removed")[2].split(" Back ")[0] == (
        " The others are below, with the reason. Results Person Result"
        f" {ADMIN} Not done You cannot change an admin, a role or a last day."
        f" {MEMBER} Not done This was changed meanwhile. Nothing was saved: check what is shown now,"
        " and try again."
        f" {INVITED} Removed"
    )
    left = portal.items("/members", params={"team": company.integration})
    assert [item["email"] for item in left] == [ADMIN, MEMBER]


def test_a_selection_of_nobody_is_reported(admin: Browser, company: Company) -> None:
    path = f"{base(company)}/members/selected"
    answer = admin.submit(path, {"bulk": "remove"})

    assert (answer.status_code, "Select at least one person." in text_of(answer)) == (422, True)
    assert admin.get(path).headers["location"] == f"{base(company)}/members"


def test_expired_invitations_are_sent_again(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    path = f"{base(company)}/members"
    di = portal.member({"id": company.integration}, "di@acme.example")
    portal.clock += timedelta(days=8)
    admin = signed_in(ADMIN)
    confirm = admin.submit(f"{path}/selected", {"bulk": "again", "member": [company.cy, company.bo]})

    assert "Send the invitation to 1 person again?" in text_of(confirm)
    assert f"{MEMBER} Active Only an expired invitation can be sent again" in text_of(confirm)
    for member, email in ((company.cy, INVITED), (di["id"], "di@acme.example")):
        chosen = {"bulk": "again", "member": [f"{member} {tag(portal, member)}"]}
        done = admin.submit(f"{path}/confirmed", chosen)
        assert f"The invitation was sent to {email} again." in text_of(done)
    assert [len(portal.codes(email)) for email in (INVITED, "di@acme.example")] == [2, 2]
    nothing = admin.submit(f"{path}/selected", {"bulk": "again", "member": [company.cy]})
    assert "Only an expired invitation can be sent again." in text_of(nothing)


def test_while_the_partner_is_suspended_nothing_can_be_changed(
    portal: Portal, admin: Browser, company: Company
) -> None:
    portal.patch(f"/partners/{company.acme}", {"status": "suspended"})
    path = f"{base(company)}/members"

    for page in ("", "/invite", f"/{company.bo}/remove"):
        shown = admin.get(path + page)
        assert "Acme Logistics is suspended" in text_of(shown), page
        assert not re.search(r"<button[^>]*(danger|primary|bulk)", shown.text), page
    for form in ("selected", "confirmed", "invite", f"{company.bo}/remove"):
        body = {"member": company.bo, "addresses": "di@acme.example"}
        assert admin.submit(f"{path}/{form}", body).status_code == 403, form
    assert len(portal.items("/members", params={"team": company.integration})) == 3


def test_an_operator_removes_an_admin_but_not_the_last_one(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    browser = signed_in(OPERATOR)
    path = f"{base(company)}/members/{company.ana}/remove"
    form = {"etag": etag_of(browser.get(path))}
    refused = browser.submit(path, form)

    assert refused.status_code == 409
    assert f"{ADMIN} is the last admin of the team. Add another admin first." in text_of(refused)
    assert "An admin can no longer invite or remove people." in text_of(browser.get(path))
    ended = portal.member({"id": company.integration}, "old@acme.example", "admin", until="2026-02-28")
    portal.answer(portal.codes("old@acme.example")[0], "accept")
    assert browser.submit(path, form).status_code == 409
    assert browser.submit(path, {"etag": ""}).status_code == 412
    portal.patch(f"/members/{ended['id']}", {"until": "2026-03-01"})
    assert f"{ADMIN} was removed." in text_of(browser.submit(path, form))
    assert browser.get(f"{base(company)}/leave").status_code == 200
    assert "Remove people in the list of members" in text_of(browser.get(f"{base(company)}/leave"))


def test_an_empty_team_says_what_to_do(signed_in: SignedIn, company: Company) -> None:
    page = signed_in(OPERATOR).get(f"/ui/teams/{company.globex_ops}/members")

    assert "No members yet Invite the people who build with the APIs of this team." in text_of(page)


def test_a_member_leaves_the_team(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    browser = signed_in(MEMBER)
    path = f"{base(company)}/leave"

    assert "An admin of the team can invite you again." in text_of(browser.get(path))
    done = browser.submit(path)
    assert "You left Integration of Acme Logistics." in text_of(done)
    assert browser.get(path).status_code == 404
    entry = portal.get("/audit", params={"object": company.bo}).json()["items"][-1]
    assert (entry["action"], entry["person"], entry["through"]) == ("delete", MEMBER, "page")


def test_admins_and_people_with_a_last_day_cannot_leave_by_themselves(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    path = f"{base(company)}/leave"
    admin, member = signed_in(ADMIN), signed_in(MEMBER)
    portal.patch(f"/members/{company.bo}", {"until": "2026-12-31"})

    assert "Your partner manager manages admins in git. Ask them to remove you." in text_of(admin.get(path))
    assert "Your membership ends on 2026-12-31." in text_of(member.get(path))
    assert [each.submit(path).status_code for each in (admin, member)] == [403, 403]
    portal.patch(f"/members/{company.bo}", {"until": None})
    portal.patch(f"/teams/{company.integration}", {"delegated": False})
    assert "Git decides who is in this team" in text_of(member.get(path))
    assert member.submit(path).status_code == 403
    assert signed_in(OPERATOR).submit(path).status_code == 403


def etag_of(page: httpx2.Response) -> str:
    found = re.search(r'name="etag" value="([^"]+)"', page.text)
    assert found
    return found[1].replace("&#34;", '"')


def test_the_last_admin_stays_admin_until_there_is_another(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    browser = signed_in(OPERATOR)
    path = f"{base(company)}/members/{company.ana}"
    form = {"role": "member", "etag": portal.get(f"/members/{company.ana}").json()["etag"]}
    refused = browser.submit(path, form)

    assert refused.status_code == 409
    assert f"{ADMIN} is the last admin of the team." in text_of(refused)
    portal.patch(f"/members/{company.bo}", {"role": "admin"})
    browser.submit(path, form)
    assert portal.get(f"/members/{company.ana}").json()["role"] == "member"
    form["etag"] = portal.get(f"/members/{company.ana}").json()["etag"]
    assert f"{ADMIN} was changed." in text_of(browser.submit(path, {**form, "until": "2026-12-31"}))

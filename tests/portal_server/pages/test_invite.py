"""Inviting one, many, and those of a file: the preview, the confirmation, and the result of each line."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import httpx2
import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, Browser, text_of
from tests.portal_server.pages.company import ADMIN, INVITED, MEMBER, Company

SignedIn = Callable[[str], Browser]


def path(company: Company) -> str:
    return f"/ui/teams/{company.integration}/members/invite"


def rows(page: httpx2.Response) -> list[str]:
    """Return the rows of the only table as a person reads them."""
    body = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    plain = (unescape(re.sub(r"<[^>]+>", " ", each)) for each in body.split("</tr>")[:-1])
    return [" ".join(each.split()) for each in plain]


def confirmed(page: httpx2.Response) -> dict[str, str]:
    """Return the form that a preview offers to confirm."""
    emails = re.search(r'<textarea name="emails"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL)
    assert emails
    fields = dict(re.findall(r'<input type="hidden" name="(role|until)" value="([^"]*)"', page.text))
    return {"step": "send", "emails": unescape(emails[1]), **fields}


def corrected(page: httpx2.Response) -> str:
    """Return the text in the field with which the list is checked again."""
    text = re.search(r'<textarea id="addresses"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL)
    assert text
    return unescape(text[1])


@pytest.fixture
def admin(signed_in: SignedIn, company: Company) -> Browser:
    assert company
    return signed_in(ADMIN)


def test_one_address_is_checked_and_then_invited(portal: Portal, admin: Browser, company: Company) -> None:
    assert "Nothing is sent before you confirm." in text_of(admin.get(path(company)))
    preview = admin.submit(path(company), {"addresses": "Di Berg <DI@acme.example>"})

    assert rows(preview) == ["di@acme.example 1, column 1 Will be invited"]
    assert portal.codes("di@acme.example") == []
    done = admin.submit(path(company), confirmed(preview))
    assert "An invitation was sent to di@acme.example." in text_of(done)
    assert len(portal.codes("di@acme.example")) == 1
    entry = portal.get("/audit").json()["items"][-1]
    assert (entry["action"], entry["person"], entry["through"]) == ("invite", ADMIN, "page")


def test_a_person_with_an_account_joins_at_once(portal: Portal, admin: Browser, company: Company) -> None:
    portal.made("/people", email="eve@globex.example")
    preview = admin.submit(path(company), {"addresses": "eve@globex.example"})

    # The preview must not tell who has an account.
    assert rows(preview) == ["eve@globex.example 1, column 1 Will be invited"]
    assert "eve@globex.example joined the team." in text_of(admin.submit(path(company), confirmed(preview)))


def test_the_preview_has_an_outcome_for_each_line(portal: Portal, admin: Browser, company: Company) -> None:
    team = {"id": company.integration}
    gone = portal.member(team, "gone@acme.example")
    portal.delete(f"/members/{gone['id']}")
    refused = portal.member(team, "no@acme.example")
    portal.answer(portal.codes("no@acme.example")[0], "decline")
    portal.delete(f"/members/{refused['id']}")
    portal.member(team, "left@acme.example")
    portal.answer(portal.codes("left@acme.example")[0], "decline")
    portal.patch(f"/partners/{company.acme}", {"blocked": ["bad@acme.example"]})
    portal.clock += timedelta(days=2)
    portal.member(team, "new@acme.example")
    fresh = portal.member(team, "fresh@acme.example")
    portal.delete(f"/members/{fresh['id']}")
    admin.sign_in(ADMIN)
    typed = "\n".join(
        [
            f"{MEMBER}, {INVITED}",
            "bad+tag@acme.example",
            "nobody; di@acme.example",
            "fresh@acme.example",
            "no@acme.example",
            "left@acme.example",
            "DI@acme.example",
            "di+work@acme.example",
            "<script>alert(1)</script>@x",
        ]
    )
    preview = admin.submit(path(company), {"addresses": typed})

    assert preview.status_code == 200
    assert rows(preview) == [
        f"{MEMBER} 1, column 1 Already a member",
        f"{INVITED} 1, column 18 Invitation pending",
        "bad+tag@acme.example 2, column 1 Blocked by the partner",
        "nobody 3, column 1 Not an e-mail address",
        "di@acme.example 3, column 9 Will be invited",
        "fresh@acme.example 4, column 1 Got an e-mail less than 24 hours ago; try again tomorrow",
        (
            "no@acme.example 5, column 1 "
            "Declined an invitation before; only your partner manager can invite them again"
        ),
        "left@acme.example 6, column 1 Declined the invitation to this team",
        "di@acme.example 7, column 1 Already above in this list",
        "di+work@acme.example 8, column 1 Got an e-mail less than 24 hours ago; try again tomorrow",
        "<script>alert(1)</script>@x 9, column 1 Not an e-mail address",
    ]
    assert "Line 3, column 1: “nobody” is not an e-mail address." in text_of(preview)
    assert "<script>alert" not in preview.text
    # Nothing is lost: the list can be changed and checked again.
    assert corrected(preview) == typed
    assert confirmed(preview)["emails"] == "di@acme.example"


def test_sending_the_confirmed_form_twice_invites_once(
    portal: Portal, admin: Browser, company: Company
) -> None:
    form = confirmed(admin.submit(path(company), {"addresses": "di@acme.example\ned@acme.example"}))
    first, second = admin.submit(path(company), form), admin.submit(path(company), form)

    assert rows(first) == [
        "di@acme.example 1, column 1 Invitation sent",
        "ed@acme.example 2, column 1 Invitation sent",
    ]
    assert "2 invitations sent" in text_of(first)
    assert rows(second) == [
        "di@acme.example 1, column 1 Invitation pending",
        "ed@acme.example 2, column 1 Invitation pending",
    ]
    assert len(portal.codes("di@acme.example")) == 1


def test_what_changed_since_the_preview_is_reported_and_can_be_tried_again(
    portal: Portal, admin: Browser, company: Company
) -> None:
    portal.made("/people", email="eve@globex.example")
    typed = "di@acme.example\ned@acme.example\neve@globex.example"
    form = confirmed(admin.submit(path(company), {"addresses": typed}))
    portal.patch(f"/partners/{company.acme}", {"blocked": ["ed@acme.example"]})
    results = admin.submit(path(company), form)

    assert rows(results) == [
        "di@acme.example 1, column 1 Invitation sent",
        "ed@acme.example 2, column 1 Blocked by the partner",
        "eve@globex.example 3, column 1 Joined at once: they have an account",
    ]
    assert "1 invitation sent, 1 person joined at once" in text_of(results)
    assert corrected(results) == "ed@acme.example"


def test_a_file_is_read_and_its_errors_have_lines_and_cells(admin: Browser, company: Company) -> None:
    content = b'name;email\r\n"=cmd|1!A1";di@acme.example\r\nEd;ed at acme\r\nNo;\r\n'
    files = {"file": ("people.csv", content, "text/csv")}
    preview = admin.submit(path(company), {"addresses": "flo@acme.example"}, files=files)

    assert rows(preview) == [
        "flo@acme.example 1, column 1 Will be invited",
        "di@acme.example file 2, cell 2 Will be invited",
        "ed at acme file 3, cell 2 Not an e-mail address",
        "(empty) file 4, cell 2 Not an e-mail address",
    ]
    assert "File, line 3, cell 2: “ed at acme” is not an e-mail address." in text_of(preview)
    assert "File, line 4, cell 2: the address is missing." in text_of(preview)
    assert corrected(preview) == "flo@acme.example\ndi@acme.example\ned at acme\n"


@pytest.mark.parametrize(
    ("form", "content", "message"),
    [
        ({}, None, "Enter an address, or choose a file."),
        ({"addresses": " ;, "}, None, "Enter an address, or choose a file."),
        (
            {"addresses": "a@b.example\n" * 1001},
            None,
            "Too many at once: 1,001. Enter at most 1,000 addresses.",
        ),
        ({"step": "send"}, None, "Enter an address, or choose a file."),
        ({}, b"email\n", "The file has no addresses."),
        ({}, b"email\n" + b"a@b.example\n" * 1001, "Too many at once: 1,001."),
        ({}, b"email\nJ\xfcrgen@acme.example", "Line 2 of the file is not UTF-8, perhaps Windows-1252."),
    ],
)
def test_a_list_that_cannot_be_checked_is_refused_and_stays(
    admin: Browser, company: Company, form: dict[str, str], content: bytes | None, message: str
) -> None:
    files = {"file": ("people.csv", content, "text/csv")} if content else None
    refused = admin.submit(path(company), form, files=files)

    assert refused.status_code == 422
    assert message in text_of(refused)
    assert corrected(refused) == form.get("addresses", "").strip()


def test_without_an_address_to_invite_there_is_no_button(admin: Browser, company: Company) -> None:
    preview = admin.submit(path(company), {"addresses": "\n".join(f"wrong{n}" for n in range(12))})

    assert preview.status_code == 422
    assert "2 more lines have an error." in text_of(preview)
    assert 'name="emails"' not in preview.text
    assert ("x" * 60 + "…”") in text_of(admin.submit(path(company), {"addresses": "x" * 99}))


def test_the_preview_says_how_many_fit_into_the_hour(
    portal: Portal, admin: Browser, company: Company
) -> None:
    typed = "\n".join(f"p{number}@acme.example" for number in range(103))
    preview = admin.submit(path(company), {"addresses": typed})

    assert "100 people can be invited now; 3 people have to wait." in text_of(preview)
    assert rows(preview)[99:101] == [
        "p99@acme.example 100, column 1 Will be invited",
        "p100@acme.example 101, column 1 Over the limit of this hour",
    ]
    form = confirmed(preview)
    assert "100 invitations sent" in text_of(admin.submit(path(company), form))
    later = admin.submit(path(company), {"addresses": "p101@acme.example"})
    assert "0 people can be invited now; 1 person has to wait. More can be invited in 1 hour ." in text_of(
        later
    )
    late = admin.submit(path(company), {"step": "send", "emails": "p101@acme.example"})
    assert rows(late) == ["p101@acme.example 1, column 1 Over the limit of this hour"]
    portal.clock += timedelta(minutes=59)
    assert "More can be invited in 1 minute ." in text_of(
        admin.submit(path(company), {"addresses": "q@acme.example"})
    )
    portal.clock += timedelta(minutes=1)
    admin.sign_in(ADMIN)
    assert rows(admin.submit(path(company), {"addresses": "q@acme.example"})) == [
        "q@acme.example 1, column 1 Will be invited"
    ]


def test_an_operator_chooses_the_role_and_the_last_day(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    browser = signed_in(OPERATOR)
    asked = {"addresses": "di@acme.example\nED@acme.example", "role": "admin", "until": "2026-12-31"}
    preview = browser.submit(path(company), asked)

    assert "Invite 2 people as admin" in text_of(preview)
    browser.submit(path(company), confirmed(preview))
    found = portal.items(
        "/members", params={"team": company.integration, "state": "invited", "role": "admin"}
    )
    assert [(each["email"], each["until"]) for each in found] == [
        ("di@acme.example", "2026-12-31"),
        ("ed@acme.example", "2026-12-31"),
    ]
    for field, value, message in (
        ("until", "31.12.2026", "Enter the last day as YYYY-MM-DD."),
        ("role", "owner", "Choose a role."),
    ):
        refused = browser.submit(path(company), {**asked, field: value})
        assert (refused.status_code, message in text_of(refused)) == (422, True)
        assert "di@acme.example" in corrected(refused)


def test_a_teams_admin_cannot_choose_a_role(portal: Portal, admin: Browser, company: Company) -> None:
    form = {"step": "send", "emails": "di@acme.example", "role": "admin", "until": "2026-12-31"}
    admin.submit(path(company), form)
    member = portal.items("/members", params={"email": "di@acme.example"})[0]

    assert (member["role"], member["until"]) == ("member", None)


def test_in_a_team_that_git_decides_the_file_is_named(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    portal.patch(f"/teams/{company.integration}", {"delegated": False, "managedBy": "reconciler"})
    browser = signed_in(ADMIN)
    page = browser.get(path(company))

    assert "Git decides who is in this team" in text_of(page)
    assert "partners/acme.yaml" in text_of(page)
    assert "<textarea" not in page.text
    assert browser.submit(path(company), {"addresses": "di@acme.example"}).status_code == 403


def test_a_line_that_the_database_refuses_has_its_reason(
    portal: Portal, admin: Browser, company: Company
) -> None:
    form = {"step": "send", "emails": "di@acme.example\ned@acme.example"}
    with portal.app.state.database.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON members WHEN NEW.email = 'ed@acme.example' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    results = admin.submit(path(company), form)

    assert rows(results) == [
        "di@acme.example 1, column 1 Invitation sent",
        "ed@acme.example 2, column 1 The team already has this address.",
    ]
    assert corrected(results) == "ed@acme.example"


def test_an_operator_who_views_as_an_admin_cannot_invite(signed_in: SignedIn, company: Company) -> None:
    browser = signed_in(OPERATOR)
    browser.submit(f"/ui/operator/teams/{company.integration}/view-as", follow=False)
    page = browser.get(path(company))

    assert "Admins of the team invite people here." in text_of(page)
    assert "<textarea" not in page.text
    removal = browser.get(f"/ui/teams/{company.integration}/members/{company.bo}/remove")
    assert "<form" not in removal.text.partition("<main")[2]
    refused = browser.submit(path(company), {"addresses": "di@acme.example"})
    assert (refused.status_code, "You only look at these pages." in text_of(refused)) == (403, True)

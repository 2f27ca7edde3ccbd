"""The audit log on pages: sentences, filters, pages, downloads, and who sees what."""

import asyncio
import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.portal_server.operations.responses import Entry
from reconciler.portal_server.pages import audit as audit_page
from reconciler.portal_server.pages import downloads
from reconciler.portal_server.pages.audit_sentences import Detail, SourceLink, sentence, source_links
from reconciler.portal_server.pages.downloads import Part, csv_download, json_download
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, Browser, text_of
from tests.portal_server.pages.company import ADMIN, MEMBER, Company

SignedIn = Callable[[str], Browser]
NAMES = {
    "team_1": "Integration",
    "grp_1": "Logistics",
    "api_1": "Rates",
    "prod_1": "Shipping",
    "par_1": "Acme",
}
BO = {"teamId": "team_1", "email": "bo@acme.example", "role": "member"}
GRANT = {"teamId": "team_1", "groupId": "grp_1", "email": None, "level": "view", "until": "2026-12-31"}
FULL_SOURCE = 'commit="9f31c0e2", plan="sha256:0123456789abcdef", file="partners/acme.yaml:12"'


def entry(action: Any, kind: str, **fields: Any) -> Entry:
    values = {"person": "ana@acme.example", "through": "page", "before": None, "after": None, **fields}
    defaults: dict[str, Any] = {"token": None, "token_id": None, "team_id": None, "source": None}
    return Entry(
        id="aud_1", at="2026-03-01T12:00:00Z", action=action, object="obj_1", kind=kind, **defaults | values
    )


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (entry("create", "member", after=BO), "added bo@acme.example to Integration"),
        (
            entry("create", "member", after=BO | {"role": "admin"}),
            "added bo@acme.example to Integration as an admin",
        ),
        (entry("invite", "member", after=BO), "invited bo@acme.example to Integration"),
        (entry("invite", "member", before=BO, after=BO), "invited bo@acme.example to Integration again"),
        (entry("update", "member", before=BO, after=BO), "changed bo@acme.example in Integration"),
        (entry("delete", "member", before=BO), "removed bo@acme.example from Integration"),
        (entry("delete", "member", before=BO | {"email": "ana@acme.example"}), "left Integration"),
        (entry("accept", "member", after=BO), "accepted the invitation to Integration"),
        (
            entry("decline", "member", after=BO | {"teamId": "team_0"}),
            "declined the invitation to a deleted team",
        ),
        (entry("create", "team", after={"displayName": "Ops"}), "created the team Ops"),
        (entry("view", "team", after={"displayName": "Ops"}), "began to view the portal as an admin of Ops"),
        (entry("end-view", "team", after={"displayName": "Ops"}), "ended the view as an admin of Ops"),
        (
            entry("create", "grant", after=GRANT),
            "gave Integration the access of Logistics (view until 2026-12-31)",
        ),
        (
            entry("update", "grant", after=GRANT | {"until": None}),
            "changed the access of Integration to Logistics (view)",
        ),
        (
            entry("delete", "grant", before=GRANT | {"teamId": None, "email": "dee@x.example"}),
            "took the access of Logistics from dee@x.example",
        ),
        (
            entry("create", "product-item", after={"productId": "prod_1", "apiId": "api_1"}),
            "added Rates to the product Shipping",
        ),
        (
            entry("delete", "access-item", before={"groupId": "grp_1", "apiId": None, "productId": "prod_1"}),
            "removed Shipping from the group Logistics",
        ),
        (
            entry("create", "token", after={"name": "ci", "scope": "read"}),
            "issued the token “ci” with the scope read",
        ),
        (
            entry("delete", "token", before={"name": "ci", "scope": "read"}),
            "revoked the token “ci” with the scope read",
        ),
        (entry("create", "lease", after={"owner": "run 1"}), "took the lease for run 1"),
        (entry("delete", "lease", before={"owner": "run 1"}), "released the lease for run 1"),
        (
            entry("create", "access-request", after=GRANT | {"groupId": None}),
            "asked for view of something else for Integration",
        ),
        (
            entry("update", "access-request", after=GRANT | {"state": "granted"}),
            "granted the request of Integration for Logistics",
        ),
        (entry("update", "partner", after={"displayName": "Acme"}), "changed the partner Acme"),
        (
            entry("create", "person", after={"email": "bo@acme.example"}),
            "created the account bo@acme.example",
        ),
        (entry("delete", "team"), "deleted the team"),
        (entry("accept", "color"), "did “accept” with the color"),
    ],
)
def test_an_entry_is_a_sentence(made: Entry, expected: str) -> None:
    said = sentence(made, NAMES, None)

    assert (said.who, said.what) == ("ana@acme.example", expected)


@pytest.mark.parametrize(
    ("fields", "who", "through"),
    [
        ({}, "ana@acme.example", "page"),
        ({"through": "operator"}, "ana@acme.example", "operator"),
        ({"person": None, "through": "operator"}, "An operator", "operator"),
        (
            {"person": None, "through": "operator", "token": "reconciler for x"},
            "reconciler for x",
            "operator",
        ),
        ({"person": None, "through": "token", "token": "ci"}, "The token “ci”", "token “ci”"),
        ({"person": None, "through": "token"}, "A person", "token"),
        ({"person": None, "through": "invitation", "after": BO}, "bo@acme.example", "invitation"),
        ({"person": None, "through": None, "token": "old"}, "old", "not recorded"),
        ({"person": None, "through": None}, "A person", "not recorded"),
    ],
)
def test_an_entry_says_who_it_was_and_through_what(fields: dict[str, Any], who: str, through: str) -> None:
    said = sentence(entry("create", "api", **fields), NAMES, None)

    assert (said.who, said.through) == (who, through)


def test_the_details_are_the_fields_that_differ() -> None:
    before = {
        "id": "x",
        "blocked": [],
        "delegated": True,
        "teamId": "team_1",
        "note": {"a": 1},
        "etag": '"1"',
    }
    after = before | {"blocked": ["a@b.example"], "delegated": False, "teamId": None, "etag": '"2"'}

    assert sentence(entry("update", "partner", before=before, after=after), NAMES, None).details == [
        Detail("blocked", "", "a@b.example"),
        Detail("delegated", "yes", "no"),
        Detail("teamId", "Integration", ""),
    ]
    assert sentence(entry("create", "x", after={"note": {"a": 1}}), NAMES, None).details == [
        Detail("note", "", '{"a":1}')
    ]


@pytest.mark.parametrize(
    ("files_url", "commit", "file"),
    [
        (None, None, None),
        ("https://files.example/of-partners", None, None),
        (
            "https://github.example/o/p/blob/main",
            "https://github.example/o/p/commit/9f31c0e2",
            "https://github.example/o/p/blob/9f31c0e2/partners/acme.yaml#L12",
        ),
        (
            "https://gitlab.example/o/p/-/blob/main/",
            "https://gitlab.example/o/p/-/commit/9f31c0e2",
            "https://gitlab.example/o/p/-/blob/9f31c0e2/partners/acme.yaml#L12",
        ),
        (
            "https://gitea.example/o/p/src/branch/main",
            "https://gitea.example/o/p/commit/9f31c0e2",
            "https://gitea.example/o/p/src/commit/9f31c0e2/partners/acme.yaml#L12",
        ),
    ],
)
def test_the_source_links_to_the_forge(files_url: str | None, commit: str | None, file: str | None) -> None:
    assert source_links(FULL_SOURCE, files_url) == [
        SourceLink("commit", "9f31c0e2", commit),
        SourceLink("plan", "sha256:0123456789ab…", None),
        SourceLink("file", "partners/acme.yaml:12", file),
    ]
    assert source_links(None, files_url) == []


def test_a_file_without_a_line_links_to_the_file_and_never_out_of_the_repository() -> None:
    source = 'commit="9f31c0e2", file="partners/a#b.yaml"'

    assert source_links(source, "https://github.example/o/p/blob/main")[1].href == (
        "https://github.example/o/p/blob/9f31c0e2/partners/a%23b.yaml"
    )


def test_an_admin_reads_the_log_of_the_team(signed_in: SignedIn, company: Company) -> None:
    page = signed_in(ADMIN).get(f"/ui/teams/{company.integration}/audit")

    assert page.status_code == 200
    text = text_of(page)
    assert "An operator invited cy@acme.example to Integration" in text
    assert "An operator gave Integration the access of Logistics partners (consume until 2026-12-31)" in text
    assert "An operator created the team Integration" in text
    assert "Globex" not in text
    assert "administrator" not in text


def test_an_operator_reads_the_whole_log_with_the_names_of_tokens(
    signed_in: SignedIn, company: Company
) -> None:
    browser = signed_in(OPERATOR)
    whole = text_of(browser.get("/ui/operator/audit"))
    of_team = text_of(browser.get(f"/ui/teams/{company.integration}/audit"))

    assert "The token “the administrator” created the partner Globex" in whole
    assert "The token “the administrator” invited cy@acme.example to Integration" in of_team
    assert "Globex" not in of_team


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (None, "/ui/operator/audit", 303),
        (MEMBER, "/ui/operator/audit", 404),
        (ADMIN, "/ui/operator/audit/csv", 404),
        (MEMBER, "/ui/teams/{own}/audit", 403),
        (MEMBER, "/ui/teams/{own}/audit/csv", 403),
        (MEMBER, "/ui/teams/{own}/audit/json", 403),
        (ADMIN, "/ui/teams/{other}/audit/json", 404),
        (ADMIN, "/ui/teams/{own}/audit/json", 200),
        (OPERATOR, "/ui/teams/{other}/audit/csv", 200),
        (OPERATOR, "/ui/operator/audit/json", 200),
    ],
)
def test_pages_and_downloads_are_for_those_who_may_read_them(
    signed_in: SignedIn, stranger: Browser, company: Company, who: str | None, path: str, status: int
) -> None:
    browser = signed_in(who) if who else stranger
    address = path.format(own=company.integration, other=company.globex_ops)

    assert browser.get(address).status_code == status


def test_filters_narrow_the_page_and_wrong_ones_are_explained(signed_in: SignedIn, company: Company) -> None:
    base = f"/ui/teams/{company.integration}/audit"
    browser = signed_in(ADMIN)

    found = text_of(browser.get(f"{base}?kind=grant&since=2026-03-01&until=2026-03-01"))
    assert "gave Integration the access" in found
    assert "invited" not in found
    nothing = text_of(browser.get(f"{base}?until=2025-01-01"))
    assert "No entry matches Try a longer period, or clear the filters." in nothing
    wrong = browser.get(f"{base}?person=ana&since=yesterday&kind=grant")
    assert wrong.status_code == 422
    assert "Enter a whole address, such as ana@acme.example." in text_of(wrong)
    assert "Enter a day as YYYY-MM-DD." in text_of(wrong)
    assert 'value="yesterday"' in wrong.text
    assert "This filter has no such value." in text_of(browser.get(f"{base}?action=look"))


def test_an_entry_has_an_address_of_its_own(portal: Portal, signed_in: SignedIn, company: Company) -> None:
    [grant] = portal.items("/audit", params={"object": company.grant})
    browser = signed_in(OPERATOR)
    page = browser.get(f"/ui/operator/audit?entry={grant['id']}")

    assert f'href="/ui/operator/audit?entry={grant["id"]}"' in browser.get("/ui/operator/audit").text
    assert page.text.count("<tr id=") == 1
    assert "This is one entry. All entries" in text_of(page)
    assert "level none consume" in text_of(page)
    of_team = browser.get(f"/ui/operator/audit?team={company.integration}")
    assert "Only entries of the team Integration." in text_of(of_team)
    of_object = browser.get(f"/ui/operator/audit?object={company.grant}")
    assert f"Only entries of the object {company.grant}." in text_of(of_object)


def test_pages_of_fifty_lead_to_older_entries_and_back(
    portal: Portal, signed_in: SignedIn, company: Company
) -> None:
    assert company
    for number in range(110):
        portal.api(displayName=f"API {number}.")
    browser = signed_in(OPERATOR)
    address = "/ui/operator/audit?kind=api&through=token"
    shown, addresses = [], []
    while address:
        page = browser.get(address)
        addresses.append(address)
        shown.append(page.text.count("<tr id="))
        address = link(page.text, "next")
    assert shown == [50, 50, 12]
    assert "API 109." in text_of(browser.get(addresses[0]))

    back = [link(browser.get(addresses[2]).text, "prev")]
    back.append(link(browser.get(back[0]).text, "prev"))
    assert [rows(browser.get(address).text) for address in back] == [
        rows(browser.get(address).text) for address in addresses[1::-1]
    ]
    assert link(browser.get(back[1]).text, "prev") == ""


def link(page: str, rel: str) -> str:
    """The address of the next or previous page; empty without one."""
    before, found, _ = page.partition(f'" rel="{rel}"')
    return before.rpartition('href="')[2].replace("&amp;", "&") if found else ""


def rows(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('<tr id="')[1:]]


def test_the_csv_has_every_entry_in_parts(
    signed_in: SignedIn, portal: Portal, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_page, "_PART", 3)
    answer = signed_in(OPERATOR).get(f"/ui/operator/audit/csv?team={company.integration}")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-log-2026-03-01.csv"'
    assert "content-length" not in answer.headers
    assert answer.content.startswith(b"\xef\xbb\xbfTime (UTC),Who,What,Through,")
    assert answer.content.count(b"\xef\xbb\xbf") == 1
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    entries = portal.items("/audit", params={"team": company.integration, "order": "desc"})
    assert [row["Entry"] for row in found] == [each["id"] for each in entries]
    assert found[-1]["What"] == "created the team Integration"
    assert "partnerId: Acme Logistics" in found[-1]["After"]


def test_the_json_has_the_shape_of_the_api(
    signed_in: SignedIn, portal: Portal, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = portal.get("/audit", params={"order": "desc", "team": company.integration}).json()
    browser = signed_in(OPERATOR)
    address = f"/ui/operator/audit/json?team={company.integration}"
    for size in (1, 2, 500):
        monkeypatch.setattr(audit_page, "_PART", size)
        answer = browser.get(address)
        assert json.loads(answer.content) == expected, size
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-log-2026-03-01.json"'
    assert json.loads(browser.get(f"{address}&until=2020-01-01").content) == {
        "items": [],
        "total": 0,
        "next": None,
    }


def test_a_teams_file_is_named_after_it_and_hides_what_the_page_hides(
    signed_in: SignedIn, company: Company
) -> None:
    answer = signed_in(ADMIN).get(f"/ui/teams/{company.integration}/audit/json")

    assert answer.headers["content-disposition"] == (
        'attachment; filename="audit-log-integration-2026-03-01.json"'
    )
    items = json.loads(answer.content)["items"]
    assert {each["through"] for each in items} == {"operator"}
    assert {each["token"] for each in items} == {None}


@pytest.mark.parametrize("path", ["csv", "json"])
def test_the_head_of_a_download_has_no_body(
    portal: Portal,
    signed_in: SignedIn,
    company: Company,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    assert company
    monkeypatch.setattr(audit_page, "_PART", 2)
    browser = signed_in(OPERATOR)
    answer = portal.runner.run(browser.client.head(f"/ui/operator/audit/{path}"))

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_download_has_an_end(
    portal: Portal, signed_in: SignedIn, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert company
    monkeypatch.setattr(audit_page, "_PART", 12)

    sent = parts(portal, signed_in(OPERATOR), lambda: None)
    assert [each.get("more_body") for each in sent[1:]] == [True, None]


def test_a_download_ends_without_its_end_when_the_session_is_over(
    portal: Portal, signed_in: SignedIn, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The messages of the application show it: a server closes the connection after such a response."""
    assert company
    monkeypatch.setattr(audit_page, "_PART", 2)
    browser = signed_in(OPERATOR)

    def end_session() -> None:
        with portal.app.state.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM sessions")

    sent = parts(portal, browser, end_session)
    assert [each.get("more_body") for each in sent[1:]] == [True]


def test_a_download_that_fails_ends_without_its_end(
    portal: Portal, signed_in: SignedIn, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert company
    monkeypatch.setattr(audit_page, "_PART", 2)
    browser = signed_in(OPERATOR)

    def break_log() -> None:
        with portal.app.state.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE audit RENAME TO broken")

    assert [each.get("more_body") for each in parts(portal, browser, break_log)[1:]] == [True]


def test_a_download_stops_when_the_client_is_gone(
    portal: Portal, signed_in: SignedIn, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert company
    monkeypatch.setattr(audit_page, "_PART", 2)

    sent = parts(portal, signed_in(OPERATOR), lambda: None, disconnects=True)
    assert [each.get("more_body") for each in sent[1:]] == [True]


def test_a_download_stops_when_the_person_may_no_longer_read_it(
    portal: Portal, signed_in: SignedIn, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_page, "_PART", 2)
    browser = signed_in(ADMIN)

    def remove() -> None:
        with portal.app.state.database.writing() as connection:
            connection.exec_driver_sql("UPDATE members SET role = 'member'")

    sent = parts(portal, browser, remove, path=f"/ui/teams/{company.integration}/audit/csv")
    assert [each.get("more_body") for each in sent[1:]] == [True]


def parts(
    portal: Portal,
    browser: Browser,
    after_first: Callable[[], None],
    *,
    disconnects: bool = False,
    path: str = "/ui/operator/audit/csv",
) -> list[dict[str, Any]]:
    """The messages of a download, of which something happens after the first part."""
    sent: list[dict[str, Any]] = []
    cookie = f"__Host-session={browser.client.cookies['__Host-session']}"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"portal.example"), (b"cookie", cookie.encode())],
        "client": ("127.0.0.1", 5000),
        "server": ("portal.example", 443),
    }

    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == 2:
            after_first()
            if disconnects:
                gone.set()

    portal.runner.run(portal.app(scope, receive, send))
    return sent


def unused(*_: Any) -> Any:
    raise AssertionError("this part is not loaded")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\uff1d1", "'\uff1d1"),
        ("plain = text", "plain = text"),
        ('a "quoted", text', '"a ""quoted"", text"'),
        ("two\r\nlines", '"two\r\nlines"'),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    made = csv_download(
        None,  # type: ignore[arg-type]
        "x",
        ["A", "B"],
        lambda _, cursor: Part([text] if cursor is None else unused(), None),
        lambda item: [(item, "b")],
    )

    assert made.body.decode("utf-8-sig") == f"A,B\r\n{cell},b\r\n"
    assert made.more is None


def test_an_empty_first_part_is_no_end() -> None:
    pages = {None: Part([], "1"), "1": Part([1], "2"), "2": Part([], "3"), "3": Part([2], None)}
    made = json_download(None, "x", lambda _, cursor: pages[cursor], {"on": "2026-03-01"})  # type: ignore[arg-type]
    body = made.body
    while made.more is not None:
        made = made.more(None)  # type: ignore[arg-type]
        body += made.body

    assert json.loads(body) == {"on": "2026-03-01", "items": [1, 2], "total": 2, "next": None}


def test_a_file_name_has_only_plain_characters() -> None:
    assert downloads.file_name("audit-log", 'Ä"; x=1\r\n../Team', "") == "audit-log-x-1-team"

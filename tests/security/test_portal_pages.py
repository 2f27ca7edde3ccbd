"""Attacks on the pages of the embedded portal by strangers, members and admins of other teams."""

import csv
import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from reconciler.portal_server.pages.routes import PAGES
from reconciler.portal_server.pages.security import cookies
from reconciler.portal_server.pages.visit import Page
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, SITE, Browser, text_of
from tests.portal_server.pages.company import ADMIN, MEMBER, Company, found

MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n'
    b'abc-\\ud800\r\n--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\r\n--x--\r\n'
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One portal for all tests, as hardly any attack may change it."""
    with Portal(str(tmp_path_factory.mktemp("portal") / "portal.db"), site=SITE) as opened:
        yield opened


@pytest.fixture(scope="module")
def company(portal: Portal) -> Company:
    return found(portal)


@pytest.fixture(scope="module")
def other(portal: Portal, company: Company) -> str:
    """The id of a membership in a team of another partner."""
    body = {"teamId": company.globex_ops, "email": "gil@globex.example", "role": "member"}
    return str(portal.post("/members", body).json()["id"])


@pytest.mark.parametrize("charset", ["punycode", "undefined", "unicode_escape", "utf-16", "zlib"])
def test_a_form_chooses_no_encoding(portal: Portal, charset: str) -> None:
    """Python decodes Punycode in quadratic time: 2 MiB from a stranger kept the portal busy for minutes."""
    kind = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    with Browser(portal) as stranger:
        stranger.client.headers.update({"Sec-Fetch-Site": "same-origin"})
        answer = portal.runner.run(stranger.client.post("/ui/sign-in", content=MULTIPART, headers=kind))

    assert answer.status_code == 415
    assert "The form must be encoded in UTF-8." in text_of(answer)


def test_a_form_that_names_utf_8_is_read(portal: Portal) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x; charset=UTF-8", "Sec-Fetch-Site": "same-origin"}
    with Browser(portal) as stranger:
        answer = portal.runner.run(stranger.client.post("/ui/sign-in", content=MULTIPART, headers=kind))

    assert answer.status_code == 409
    assert "This portal sends no links by e-mail." in text_of(answer)


def test_a_member_of_another_team_is_out_of_reach_in_the_own_path(
    portal: Portal, company: Company, other: str
) -> None:
    base = f"/ui/teams/{company.integration}/members"
    before = portal.get(f"/members/{other}").json()
    with Browser(portal) as browser:
        browser.sign_in(ADMIN)
        shown = [
            browser.get(f"{base}/{other}").status_code,
            browser.get(f"{base}/{other}/remove").status_code,
        ]
        sent = [
            browser.submit(f"{base}/{other}{end}", {"role": "admin"}).status_code
            for end in ("", "/remove", "/invitation")
        ]
        chosen = browser.submit(f"{base}/confirmed", {"member": other, "bulk": "remove"})

    assert shown == [404, 404]
    assert sent == [404, 404, 404]
    assert "gil@globex.example" not in chosen.text
    assert portal.get(f"/members/{other}").json() == before


def test_an_admin_gets_no_more_rights_by_extra_fields(portal: Portal, company: Company) -> None:
    base = f"/ui/teams/{company.integration}/members"
    extra = {"role": "admin", "until": "2099-12-31", "team_id": company.globex_ops}
    with Browser(portal) as browser:
        browser.sign_in(ADMIN)
        answer = browser.submit(f"{base}/{company.bo}", {**extra, "etag": "*"})
        browser.submit(f"{base}/invite", {**extra, "emails": "eve@acme.example", "step": "send"})

    assert answer.status_code == 403
    assert portal.get(f"/members/{company.bo}").json()["role"] == "member"
    people = portal.get("/members").json()["items"]
    admins = [each["email"] for each in people if each["role"] == "admin"]
    assert admins == [ADMIN]
    invited = [each for each in people if each["email"] == "eve@acme.example"]
    assert [(each["role"], each["until"], each["teamId"]) for each in invited] == [
        ("member", None, company.integration)
    ]


def _filled(page: Page, company: Company) -> str:
    """Return the path of a page with ids that exist where that is easy, so that only rights refuse it."""
    group = {"access-groups": company.group, "products": company.product, "partners": company.acme}
    kind = page.path.split("/")[3] if page.path.startswith("/ui/operator/") else ""
    values = {
        "team": company.integration,
        "member": company.bo,
        "grant": company.grant,
        "id": group.get(kind, company.cy if kind == "" else company.integration),
        "change": "suspend",
    }
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "x_1"), page.path)


def _audited(portal: Portal) -> int:
    return int(portal.get("/audit", params={"limit": 1}).json()["total"])


def test_the_pages_of_operators_do_not_exist_for_admins(portal: Portal, company: Company) -> None:
    pages = [page for page in PAGES if page.audience == "operator"]
    before = _audited(portal)
    with Browser(portal) as browser:
        browser.sign_in(ADMIN)
        shown = {browser.get(_filled(page, company)).status_code for page in pages if page.show}
        sent = {browser.submit(_filled(page, company)).status_code for page in pages if page.submit}

    assert len(pages) > 40
    assert (shown, sent) == ({404}, {404})
    assert _audited(portal) == before


def test_an_operator_who_views_as_an_admin_changes_nothing(portal: Portal, company: Company) -> None:
    """Every form but those that end the view or a session: of new pages, too."""
    pages = [page for page in PAGES if page.submit and not page.while_viewing]
    fields = {"member": company.bo, "bulk": "remove", "step": "send", "emails": "zoe@acme.example"}
    with Browser(portal) as browser:
        browser.sign_in(OPERATOR)
        began = browser.submit(f"/ui/operator/teams/{company.integration}/view-as", follow=False)
        before = _audited(portal)
        statuses = {
            page.path: browser.submit(_filled(page, company), {**fields, "decision": "accept"}).status_code
            for page in pages
        }

    assert began.headers["location"] == f"/ui/teams/{company.integration}/members"
    wrong = {
        path: status
        for path, status in statuses.items()
        if status != (404 if path.startswith("/ui/operator") else 403)
    }
    assert wrong == {}
    assert _audited(portal) == before


def test_quoted_backslashes_in_a_cookie_take_no_time(portal: Portal) -> None:
    """Python's parser of cookies takes quadratic time: 64 KiB kept the portal busy for seconds."""
    hostile = 'a="' + "\\1" * 32_000 + '"'
    before = time.process_time()
    with Browser(portal) as stranger:
        answer = stranger.get("/ui/sign-in", headers={"Cookie": hostile})

    assert answer.status_code == 200
    assert time.process_time() - before < 1
    assert cookies(f"a=1; {hostile}; b; __Host-session=ses_x ")["__Host-session"] == "ses_x"


def test_a_stranger_sends_only_small_forms(portal: Portal) -> None:
    with Browser(portal) as stranger:
        large = stranger.submit("/ui/sign-in", {"email": "a" * 20_000})
        small = stranger.submit("/ui/sign-in", {"email": "a" * 10_000})

    assert (large.status_code, small.status_code) == (413, 409)


def test_hostile_queries_are_refused_or_ignored(portal: Portal, company: Company) -> None:
    team = f"/ui/teams/{company.integration}"
    values = ("-1", "9" * 30, "\u0661", "1 OR 1=1", "\U0001f600")
    names = {
        f"{team}/members": ("page", "cursor", "q", "state"),
        f"{team}/audit": ("older", "newer", "entry", "since", "person"),
        f"{team}/requests": ("page",),
        f"{team}/access/people": ("page", "on", "q", "api"),
    }
    with Browser(portal) as browser:
        browser.sign_in(ADMIN)
        statuses = {
            (path, name, value): browser.get(path, params={name: value}).status_code
            for path in names
            for name in names[path]
            for value in values
        }
        many = [browser.get(f"{path}?{'page=1&' * 9_000}").status_code for path in names]

    assert {key: status for key, status in statuses.items() if status >= 500} == {}
    assert many == [200, 200, 200, 200]


def test_a_member_who_is_no_admin_can_change_nothing(portal: Portal, company: Company) -> None:
    base = f"/ui/teams/{company.integration}/members"
    with Browser(portal) as browser:
        browser.sign_in(MEMBER)
        paths = [
            f"{base}/{company.ana}/remove",
            f"{base}/invite",
            f"{base}/confirmed",
            f"{base}/{company.bo}",
        ]
        answers = [browser.submit(path, {"member": company.ana}).status_code for path in paths]

    assert answers == [403, 403, 403, 403]
    assert portal.get(f"/members/{company.ana}").status_code == 200


HOSTILE = '=1+1"><img src=x onerror=alert(1)>'


def _hostile(portal: Portal) -> str:
    """Create every kind of object with a hostile text in each field that takes one; return the team."""
    texts = {"displayName": HOSTILE, "owner": HOSTILE}
    described = {**texts, "description": HOSTILE}
    partner = portal.made("/partners", name="hostile", type="external", agreement=HOSTILE, **texts)["id"]
    team = str(portal.made("/teams", partnerId=partner, name="hostile", displayName=HOSTILE)["id"])
    api = portal.made("/apis", name="hostile", visibility="public", **texts)["id"]
    product = portal.made("/products", name="hostile", visibility="public", **described)["id"]
    group = portal.made("/access-groups", name="hostile", **described)["id"]
    portal.made("/product-items", productId=product, apiId=api)
    portal.made("/access-items", groupId=group, productId=product)
    portal.made("/grants", groupId=group, teamId=team, level="view", until="2026-03-20", reason=HOSTILE)
    portal.made("/people", email="=1+1@hostile.example", displayName=HOSTILE)
    portal.made("/members", teamId=team, email="=1+1@hostile.example", role="admin")
    portal.made("/members", teamId=team, email="=2+2@hostile.example", role="member")
    portal.made("/tokens", name=HOSTILE, scope="read")
    portal.made("/tokens", name=HOSTILE, scope="team", teamId=team)
    asked = {"teamId": team, "groupId": group, "reason": HOSTILE}
    declined = portal.made("/access-requests", **asked)["id"]
    assert portal.post(f"/access-requests/{declined}/decline", {"answer": HOSTILE}).status_code == 200
    portal.made("/access-requests", **asked)
    return team


def _reached(browser: Browser) -> dict[str, httpx2.Response]:
    """Follow all links of the portal from the home page, and return the answers by path."""
    waiting, answers = ["/ui/"], dict[str, httpx2.Response]()
    while waiting:
        path = waiting.pop()
        answers[path] = browser.get(path)
        links = (unescape(link) for link in re.findall(r'href="(/ui/[^"#]*)', answers[path].text))
        waiting += {link for link in links if link not in answers} - set(waiting)
    return answers


def test_hostile_texts_are_text_on_pages_in_mails_and_in_exports(tmp_path: Path) -> None:
    with Portal(str(tmp_path / "portal.db"), site=SITE) as portal:
        team = _hostile(portal)
        with Browser(portal) as operator, Browser(portal) as admin:
            found = _reached(operator.sign_in(OPERATOR))
            of_admin = _reached(admin.sign_in("=1+1@hostile.example"))
            invite = f"/ui/teams/{team}/members/invite"
            refused = admin.submit(invite, {"addresses": f"{HOSTILE}\nx@hostile.example"})
            searched = admin.get(f"/ui/teams/{team}/members", params={"q": HOSTILE})
        with portal.app.state.database.reading() as connection:
            mails = connection.execute(text("SELECT text, html FROM mails")).all()

    assert len(found) > 40
    assert len(of_admin) > 15
    answers = [*found.values(), *of_admin.values(), refused, searched]
    pages = [each.text for each in answers if each.headers["content-type"].startswith("text/html")]
    assert [page for page in pages if "<img src=x" in page] == []
    assert sum("&lt;img src=x onerror=alert(1)&gt;" in page for page in pages) > 40
    files = [each for each in answers if each.headers["content-type"].startswith("text/csv")]
    assert len(files) >= 4
    cells = [cell for each in files for row in csv.reader(each.text.splitlines()) for cell in row]
    assert [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}] == []
    assert "'=1+1@hostile.example" in cells
    htmls = [html for _, html in mails]
    assert len(htmls) == 1
    assert "&lt;img src=x onerror=alert(1)&gt;" in htmls[0]
    assert "<img src=x" not in htmls[0]


def test_a_team_does_not_learn_who_its_operators_are(tmp_path: Path) -> None:
    with Portal(str(tmp_path / "portal.db"), site=SITE) as portal:
        company = found(portal)
        team = f"/ui/teams/{company.integration}"
        token = portal.token("team", {"id": company.integration})
        by_token = portal.made("/access-requests", teamId=company.integration, reason="By a token.")
        with Browser(portal) as operator, Browser(portal) as admin:
            operator.sign_in(OPERATOR).submit(f"{team}/requests/new", {"reason": "More of it."})
            admin.sign_in(ADMIN).submit(f"{team}/requests/new", {"reason": "Much more."})
            shown = _reached(admin)
        requests = portal.items("/access-requests", token=token)
        log = portal.get("/audit", token=token)
        known = portal.items("/audit", params={"person": OPERATOR})

    assert [each["requestedBy"] for each in requests] == ["an operator", "an operator", ADMIN]
    assert by_token["requestedBy"] == "an operator"
    assert [path for path, page in shown.items() if OPERATOR in page.text] == []
    assert [path for path, page in shown.items() if "the administrator" in page.text] == []
    assert OPERATOR not in log.text
    assert [each["kind"] for each in known] == ["access-request"]


def test_a_hidden_access_group_is_an_unknown_one(portal: Portal, company: Company) -> None:
    hidden = portal.made("/access-groups", name="hidden", displayName="Hidden", owner="logistics")["id"]
    secret = portal.made("/apis", name="hidden-api", displayName="Hidden", owner="logistics")["id"]
    portal.made("/access-items", groupId=hidden, apiId=secret)
    path = f"/ui/teams/{company.integration}/requests/new"
    with Browser(portal) as browser:
        browser.sign_in(ADMIN)
        answers = [
            browser.submit(path, {"groupId": group, "level": "view"}) for group in (hidden, "grp_unknown")
        ]

    assert [each.status_code for each in answers] == [422, 422]
    assert answers[0].text.replace(hidden, "") == answers[1].text.replace("grp_unknown", "")

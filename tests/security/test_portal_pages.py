"""Attacks on the pages of the embedded portal by strangers, members and admins of other teams."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, SITE, Browser, text_of
from tests.portal_server.pages.company import ADMIN, MEMBER, Company, found

MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n'
    b'abc-\\ud800\r\n--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\r\n--x--\r\n'
)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with Portal(str(tmp_path / "portal.db"), site=SITE) as opened:
        yield opened


@pytest.fixture
def company(portal: Portal) -> Company:
    return found(portal)


@pytest.fixture
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
    assert [each["email"] for each in people if each["teamId"] == company.globex_ops] == []


@pytest.mark.parametrize(
    "page", ["partners", "teams", "access-groups", "products", "apis", "requests", "audit"]
)
def test_the_pages_of_operators_do_not_exist_for_admins(portal: Portal, company: Company, page: str) -> None:
    assert company
    with Browser(portal) as browser:
        assert browser.sign_in(ADMIN).get(f"/ui/operator/{page}").status_code == 404
        assert browser.submit(f"/ui/operator/{page}", {"name": "x"}).status_code in {404, 405}
        assert browser.sign_in(OPERATOR).get(f"/ui/operator/{page}").status_code == 200


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

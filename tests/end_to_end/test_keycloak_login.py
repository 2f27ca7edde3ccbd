"""People of the sample log in with a browser, and their tokens have exactly the reported access."""

import base64
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from reconciler.portals.keycloak.names import role_name
from tests.end_to_end.keycloak_company import Company

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]

PASSWORD = "a password made for tests"
CALLBACK = "http://127.0.0.1:9/callback"
VERIFIER = "a-code-verifier-of-at-least-43-characters-for-tests"
# An admin, a member, a member with level `view`, and a person with a grant of their own.
PEOPLE = (
    "ewa.nowak@cargolane.example",
    "joao.pinto@halden-iberia.example",
    "sofia.lehto@lumen-robotics.example",
    "sanne@devries-apps.example",
)


@pytest.fixture
def chromium() -> str:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    return program


@contextmanager
def opened(chromium: str) -> Iterator[Browser]:
    """Open a browser. Until it is closed, its event loop blocks that of the program."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def accept(company: Company, address: str) -> None:
    """Give a person a password and a name, as if all required actions were done."""
    user = company.user(address)
    done = {**user, "firstName": "A", "lastName": "Person", "emailVerified": True, "requiredActions": []}
    company.realm.ask("PUT", f"/users/{user['id']}", done)
    password = {"type": "password", "value": PASSWORD, "temporary": False}
    company.realm.ask("PUT", f"/users/{user['id']}/reset-password", password)


def log_in(company: Company, browser: Browser, address: str) -> set[str]:
    """Return the realm roles in the token of a person who logs in with the code flow and PKCE."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    query = {
        "client_id": "gateway",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page = browser.new_page()
    page.route("http://127.0.0.1:9/**", lambda route: route.fulfill(body="logged in"))
    page.goto(
        f"{company.realm.url}/realms/{company.realm.name}/protocol/openid-connect/auth?{urlencode(query)}"
    )
    page.fill("#username", address)
    page.fill("#password", PASSWORD)
    page.click("#kc-login")
    page.wait_for_url(f"{CALLBACK}**")
    [code] = parse_qs(urlsplit(page.url).query)["code"]
    page.context.close()
    token = company.realm.server.token(
        company.realm.name,
        grant_type="authorization_code",
        client_id="gateway",
        redirect_uri=CALLBACK,
        code=code,
        code_verifier=VERIFIER,
    )
    return set(claims(token)["realm_access"]["roles"])


def expected_roles(company: Company, person: str) -> set[str]:
    """Return the roles that the rows of `access --live` name, and those that Keycloak gives every user."""
    ran = company.place.run("access", "--live", "--person", person, "--format", "json")
    assert ran.code == 0, ran.err
    found = {f"default-roles-{company.realm.name}", "offline_access", "uma_authorization"}
    for row in json.loads(ran.out)["rows"]:
        names = (row["api"], *(via.partition("/")[2] for via in row["via"]))
        found |= {role_name(name, row["level"]) for name in names}
    return found


def claims(token: str) -> Any:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_a_login_gives_exactly_the_reported_access(chromium: str, company: Company) -> None:
    client = {"clientId": "gateway", "publicClient": True, "redirectUris": [CALLBACK]}
    company.realm.ask("POST", "/clients", client)
    company.apply()
    for person in PEOPLE:
        accept(company, person)
    expected = {person: expected_roles(company, person) for person in PEOPLE}

    with opened(chromium) as browser:
        roles = {person: log_in(company, browser, person) for person in PEOPLE}

    assert roles == expected
    assert len({*map(frozenset, roles.values())}) == len(PEOPLE)

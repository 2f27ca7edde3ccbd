"""People sign in to the embedded portal's pages through the real Keycloak, in a real browser."""

import re
import shutil
from collections.abc import Iterator
from typing import NamedTuple

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from reconciler.portal_server import Oidc, Operator, Site, create_app
from tests.forge.serving import served
from tests.servers.keycloak import SECRET, KeycloakServer, Realm

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]

CLIENT = "portal"
PASSWORD = "a password made for tests"
ANA, UNVERIFIED, STRANGER = "ana@acme.example", "bo@acme.example", "zoe@nowhere.example"


class Here(NamedTuple):
    """A served portal, the realm that signs its people in, and a team of it."""

    url: str
    realm: Realm
    team: str


@pytest.fixture(scope="module")
def here(keycloak: KeycloakServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    realm = keycloak.new_realm()
    issuer = f"{realm.url}/realms/{realm.name}"
    database = str(tmp_path_factory.mktemp("portal") / "portal.db")
    site = Site(oidc=Oidc(issuer, CLIENT, SECRET, "Keycloak"))
    app = create_app(database, site=site, operator=Operator("the test", "of-the-test"))
    with served(app) as url:
        _add_client(realm, url)
        for email in (ANA, UNVERIFIED, STRANGER):
            _add_user(realm, email, is_verified=email != UNVERIFIED)
        yield Here(url, realm, _found(url))
    app.state.database.close()


def _add_client(realm: Realm, url: str) -> None:
    client = {
        "clientId": CLIENT,
        "secret": SECRET,
        "redirectUris": [f"{url}/ui/sign-in/oidc/callback"],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": f"{url}/ui/sign-in",
        },
    }
    realm.ask("POST", "/clients", client)


def _add_user(realm: Realm, email: str, *, is_verified: bool) -> None:
    user = {
        "username": email,
        "email": email,
        "emailVerified": is_verified,
        "enabled": True,
        "firstName": "A",
        "lastName": "Person",
        "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
    }
    realm.ask("POST", "/users", user)


def _found(url: str) -> str:
    """Create a team with a member, and return its id."""
    headers = {"Authorization": "Bearer of-the-test"}
    with httpx2.Client(base_url=url, headers=headers, trust_env=False) as client:

        def made(path: str, **body: str) -> str:
            return str(client.post(path, json=body).raise_for_status().json()["id"])

        partner = made("/partners", name="acme", type="reseller", displayName="Acme", owner="sales")
        team = made("/teams", partnerId=partner, name="ops", displayName="Operations")
        for email in (ANA, UNVERIFIED):
            made("/people", email=email)
            made("/members", teamId=team, email=email, role="member")
    return team


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, here: Here) -> Iterator[Page]:
    with chromium.new_context(base_url=here.url) as context:
        yield context.new_page()


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.fill("#username", email)
    page.fill("#password", password)
    page.click("#kc-login")


def test_a_member_lands_on_the_asked_page_and_signs_out_at_both(page: Page, here: Here) -> None:
    page.goto("/ui/?ending=30")
    page.get_by_role("link", name="Continue with Keycloak").click()
    log_in(page, ANA)

    expect(page).to_have_url(f"{here.url}/ui/?ending=30")
    expect(page.get_by_text(ANA).first).to_be_attached()
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.get_by_role("link", name="Sign out of Keycloak").click()
    page.locator("#kc-logout").click()
    expect(page).to_have_url(f"{here.url}/ui/sign-in")
    page.get_by_role("link", name="Continue with Keycloak").click()
    expect(page.locator("#password")).to_be_visible()


def test_a_wrong_password_stays_at_keycloak_and_the_right_one_then_works(page: Page, here: Here) -> None:
    page.goto("/ui/sign-in/oidc")
    log_in(page, ANA, "wrong")

    expect(page).to_have_url(re.compile(re.escape(here.realm.url)))
    expect(page.get_by_text("Invalid username or password.")).to_be_visible()
    log_in(page, ANA)
    expect(page).to_have_url(re.compile(re.escape(f"{here.url}/ui/")))


def test_an_address_that_is_not_verified_does_not_count(page: Page) -> None:
    page.goto("/ui/sign-in/oidc")
    log_in(page, UNVERIFIED)

    expect(page.get_by_role("heading", name="Your e-mail address is not verified")).to_be_visible()
    page.goto("/ui/")
    expect(page.get_by_role("link", name="Continue with Keycloak")).to_be_visible()


def test_a_person_without_access_can_use_another_account(page: Page, here: Here) -> None:
    page.goto("/ui/sign-in/oidc")
    log_in(page, STRANGER)

    expect(page.get_by_role("heading", name=f"{STRANGER} has no access")).to_be_visible()
    page.get_by_role("link", name="Use another account").click()
    expect(page.locator("#password")).to_be_visible()
    assert page.url.startswith(here.realm.url)


def test_an_answer_that_was_used_does_not_work_again(page: Page) -> None:
    answers: list[str] = []
    page.on("request", lambda asked: answers.append(asked.url) if "/callback?" in asked.url else None)
    page.goto("/ui/sign-in/oidc")
    log_in(page, ANA)
    expect(page).to_have_url(re.compile("/ui/(?!sign-in)"))
    page.context.clear_cookies()
    page.goto(answers[0])

    expect(page.get_by_role("heading", name="This attempt has ended")).to_be_visible()
    page.get_by_role("link", name="Start again").click()
    log_in(page, ANA)
    expect(page).to_have_url(re.compile("/ui/(?!sign-in)"))


def test_keycloak_is_described_as_the_portal_needs_it(here: Here) -> None:
    issuer = f"{here.realm.url}/realms/{here.realm.name}"
    found = httpx2.get(f"{issuer}/.well-known/openid-configuration", trust_env=False).json()

    assert found["issuer"] == issuer
    assert found["authorization_response_iss_parameter_supported"] is True
    assert "S256" in found["code_challenge_methods_supported"]

"""Sign in through an OpenID Connect provider: what is accepted, and every attack that is not."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse

from reconciler.portal_server import Oidc, PortalServerError, Site, create_app
from reconciler.portal_server.identity.oidc import OidcError
from reconciler.portal_server.identity.provider_requests import require_safe
from tests.forge.serving import Door, door
from tests.portal_server.driver import Portal
from tests.portal_server.pages.browser import OPERATOR, URL, Browser, text_of
from tests.portal_server.pages.company import ADMIN, MEMBER, Company, found
from tests.servers.oidc_provider import CLIENT, SECRET, Claims, OidcServer, signed_with_secret, unsigned

CALLBACK = f"{URL}/ui/sign-in/oidc/callback"


class Set(NamedTuple):
    """A portal, its provider, and a browser."""

    portal: Portal
    provider: OidcServer
    browser: Browser
    company: Company

    def start(self, path: str = "/ui/sign-in/oidc") -> str:
        """Start to sign in, and return the address at the provider."""
        answer = self.browser.get(path)
        assert answer.status_code == 303, text_of(answer)
        return str(answer.headers["location"])

    def consent(self, address: str) -> str:
        """Sign in at the provider, and return the path to which it sends the browser."""
        url = urlsplit(address)
        connection = HTTPConnection(url.hostname or "", url.port)
        connection.request("GET", f"{url.path}?{url.query}")
        location = connection.getresponse().headers["location"]
        connection.close()
        assert location.startswith(f"{CALLBACK}?")
        return str(location).removeprefix(URL)

    def sign_in(self, path: str = "/ui/sign-in/oidc") -> httpx2.Response:
        return self.browser.get(self.consent(self.start(path)))


@pytest.fixture(scope="module")
def street() -> Iterator[Door]:
    with door() as opened:
        yield opened


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": "first"})


@pytest.fixture(scope="module")
def other_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": "second"})


class Opened(NamedTuple):
    """A portal with a provider, for all tests."""

    portal: Portal
    company: Company


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, street: Door) -> Iterator[Opened]:
    oidc = Oidc(street.address, CLIENT, SECRET, "Halden ID")
    site = Site(url=URL, operators=frozenset({OPERATOR}), oidc=oidc)
    with Portal(str(tmp_path_factory.mktemp("oidc") / "portal.db"), site=site) as portal:
        yield Opened(portal, found(portal))


@pytest.fixture
def here(opened: Opened, street: Door, key: RSAKey) -> Iterator[Set]:
    """A new provider at a time when the portal has forgotten what the last one published."""
    opened.portal.clock += timedelta(hours=2)
    provider = OidcServer(key, lambda: opened.portal.clock, CALLBACK)
    street.behind, provider.issuer = provider, street.address
    with Browser(opened.portal) as browser:
        yield Set(opened.portal, provider, browser, opened.company)


def refused(here: Set, answer: httpx2.Response, sentence: str, status: int = 403) -> None:
    """Check the page of a refusal, from which the person can start again, and that no session began."""
    assert sentence in text_of(answer)
    assert answer.status_code == status
    assert 'href="/ui/sign-in/oidc' in answer.text
    assert "__Host-session" not in here.browser.client.cookies
    assert here.browser.get("/ui/").headers["location"] == "/ui/sign-in"


def test_a_member_signs_in_and_lands_on_the_page_that_was_asked_for(here: Set) -> None:
    wanted = here.browser.get("/ui/?ending=30").headers["location"]
    assert wanted == "/ui/sign-in?next=%2Fui%2F%3Fending%3D30"
    sign_in = here.browser.get(wanted)
    assert "Continue with Halden ID" in text_of(sign_in)
    answer = here.sign_in("/ui/sign-in/oidc?next=%2Fui%2F%3Fending%3D30")

    assert (answer.status_code, answer.headers["location"]) == (303, "/ui/?ending=30")
    assert "Acme Logistics" in text_of(here.browser.get("/ui/"))
    cookies = answer.headers.get_list("set-cookie")
    assert cookies[1] == "__Host-sign-in=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    assert cookies[0].startswith("__Host-session=ses_")


def test_the_attempt_is_in_a_cookie_of_this_browser_only(here: Set) -> None:
    answer = here.browser.get("/ui/sign-in/oidc")

    [cookie] = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-sign-in=")
    assert cookie.endswith("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600")
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["redirect_uri"] == [CALLBACK]
    assert "prompt" not in asked


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/ui/\\evil.example", "/api"])
def test_the_target_is_a_page_of_this_portal(here: Set, target: str) -> None:
    answer = here.sign_in(f"/ui/sign-in/oidc?next={target}")

    assert answer.headers["location"] == f"/ui/teams/{here.company.integration}/members"


def test_the_address_is_canonical(here: Set) -> None:
    here.provider.person["email"] = OPERATOR.upper()

    assert here.sign_in().headers["location"] == "/ui/"


def test_an_earlier_session_of_the_browser_ends(here: Set) -> None:
    here.browser.sign_in(MEMBER)
    before = here.browser.client.cookies["__Host-session"]
    here.sign_in()

    assert here.browser.client.cookies["__Host-session"] != before
    with Browser(here.portal) as another:
        another.client.cookies.set("__Host-session", before, domain="portal.example")
        assert another.get("/ui/").status_code == 303


def test_an_unknown_person_has_no_access_and_can_use_another_account(here: Set) -> None:
    here.provider.person["email"] = "zoe@nowhere.example"
    answer = here.sign_in()

    refused(here, answer, "zoe@nowhere.example has no access")
    again = urlsplit(here.start("/ui/sign-in/oidc?again=1")).query
    assert parse_qs(again)["prompt"] == ["login"]


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_does_not_count(here: Set, verified: object) -> None:
    here.provider.person["email_verified"] = verified

    refused(here, here.sign_in(), f"Halden ID has not verified that {ADMIN} is yours.")


@pytest.mark.parametrize("email", ["", "ana", 7])
def test_without_an_address_nobody_is_signed_in(here: Set, email: object) -> None:
    here.provider.person["email"] = email

    refused(here, here.sign_in(), "Halden ID did not tell this portal your e-mail address.")


def test_an_address_that_is_not_in_the_token_is_asked_for(here: Set) -> None:
    here.provider.person = {"sub": "1"}
    here.provider.user_info = {"sub": "1", "email": ADMIN, "email_verified": True}
    assert here.sign_in().status_code == 303
    here.browser.client.cookies.clear()
    here.provider.user_info["sub"] = "2"
    refused(here, here.sign_in(), "The answer of Halden ID is not valid.")


def test_a_provider_without_that_endpoint_has_to_send_the_address(here: Set) -> None:
    here.provider.person, here.provider.metadata = {"sub": "1"}, {"userinfo_endpoint": None}

    refused(here, here.sign_in(), "Your e-mail address is missing")


@pytest.mark.parametrize("methods", [["client_secret_post"], ["client_secret_basic", "private_key_jwt"]])
def test_the_secret_is_sent_as_the_provider_wants_it(here: Set, methods: list[str]) -> None:
    here.provider.metadata = {"token_endpoint_auth_methods_supported": methods}

    assert here.sign_in().status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": []},
        {"aud": None},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": "now"},
        {"nbf": 4_000_000_000},
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"sub": None},
        {"at_hash": "of another token"},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_is_refused(here: Set, claims: Claims) -> None:
    here.provider.claims = claims

    refused(here, here.sign_in(), "The answer of Halden ID is not valid.")


@pytest.mark.parametrize("audience", [[CLIENT], [CLIENT, "another"]])
def test_a_token_for_several_clients_names_this_one(here: Set, audience: list[str]) -> None:
    here.provider.claims = {"aud": audience, "azp": CLIENT}

    assert here.sign_in().status_code == 303


@pytest.mark.parametrize(("seconds", "status"), [(-60, 303), (61, 403), (-660, 403)])
def test_the_clocks_may_differ_by_a_minute(here: Set, seconds: int, status: int) -> None:
    issued = int(here.portal.clock.timestamp()) + seconds
    here.provider.claims = {"iat": issued, "exp": issued + 3600}

    assert here.sign_in().status_code == status


def test_a_token_without_a_signature_is_refused(here: Set) -> None:
    here.provider.sign = unsigned

    refused(here, here.sign_in(), "The answer of Halden ID is not valid.")


def test_a_public_key_is_no_secret(here: Set, key: RSAKey) -> None:
    public = key.as_pem(private=False)
    here.provider.sign = lambda claims: signed_with_secret(claims, key.kid, public)

    refused(here, here.sign_in(), "The answer of Halden ID is not valid.")


def test_a_symmetric_key_that_the_provider_publishes_is_not_used(here: Set) -> None:
    here.provider.published = [OctKey.import_key("x" * 32, {"kid": "symmetric"}).as_dict()]
    here.provider.sign = lambda claims: signed_with_secret(claims, "symmetric", b"x" * 32)

    refused(here, here.sign_in(), "The answer of Halden ID is not valid.")


def test_a_key_of_another_is_refused(here: Set, other_key: RSAKey, key: RSAKey) -> None:
    here.provider.sign = lambda claims: jwt.encode(
        {"alg": "RS256", "kid": key.kid}, claims, other_key, ["RS256"]
    )

    refused(here, here.sign_in(), "The answer of Halden ID is not valid.")


def test_a_key_for_encryption_signs_nothing(here: Set, key: RSAKey) -> None:
    here.provider.published = [{**key.as_dict(private=False), "use": "enc"}]

    refused(here, here.sign_in(), "The answer of Halden ID is not valid.")


@pytest.mark.parametrize("published", [None, [], [7], [{"kty": "RSA", "n": "?", "e": "AQAB"}]])
def test_without_a_usable_key_nothing_is_trusted(here: Set, published: Any) -> None:
    here.provider.published = published

    refused(here, here.sign_in(), "The answer of Halden ID is not valid.")


def test_new_keys_are_read_once(here: Set, other_key: RSAKey) -> None:
    assert here.sign_in().status_code == 303
    here.provider.key = other_key
    here.provider.published = [*here.provider.published, other_key.as_dict(private=False)]
    here.provider.asked.clear()
    assert here.sign_in().status_code == 303
    assert here.provider.asked == ["/authorize", "/token", "/keys"]
    here.provider.asked.clear()
    here.provider.sign = lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "third"}, claims, other_key, ["RS256"]
    )
    assert here.sign_in().status_code == 403
    assert here.provider.asked == ["/authorize", "/token", "/keys"]


def test_keys_that_were_just_read_are_not_read_again(here: Set, key: RSAKey) -> None:
    here.provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "third"}, claims, key, ["RS256"])
    here.provider.published = [key.as_dict(private=False), {**key.as_dict(private=False), "kid": "second"}]

    assert here.sign_in().status_code == 403
    assert here.provider.asked.count("/keys") == 1


def test_what_the_provider_publishes_is_read_again_after_an_hour(here: Set) -> None:
    here.start()
    here.start()
    assert here.provider.asked == ["/.well-known/openid-configuration"]
    here.portal.clock += timedelta(hours=1)
    here.start()
    assert here.provider.asked == ["/.well-known/openid-configuration"] * 2


@pytest.mark.parametrize("text", ["", "a.b.c", "a.b.c.d.e", "e30.e30."])
def test_what_is_no_token_is_refused(here: Set, text: str) -> None:
    here.provider.sign = lambda _: text

    refused(here, here.sign_in(), "The answer of Halden ID is not valid.")


def test_a_used_answer_does_not_work_again(here: Set) -> None:
    path = here.consent(here.start())
    cookie = here.browser.client.cookies["__Host-sign-in"]
    assert here.browser.get(path).status_code == 303
    here.browser.client.cookies.clear()

    refused(here, here.browser.get(path), "This attempt has ended")
    here.browser.client.cookies.set("__Host-sign-in", cookie, domain="portal.example")
    refused(here, here.browser.get(path), "Halden ID refused to sign you in.")


def test_an_answer_in_another_browser_does_not_work(here: Set) -> None:
    path = here.consent(here.start())
    with Browser(here.portal) as victim:
        answer = victim.get(path)
        assert "began in another browser" in text_of(answer)
        assert "__Host-session" not in victim.client.cookies
        assert victim.get("/ui/sign-in/oidc").status_code == 303
        answer = victim.get(path)
        assert "This attempt has ended" in text_of(answer)


def test_an_attempt_ends_after_ten_minutes(here: Set) -> None:
    path = here.consent(here.start())
    here.portal.clock += timedelta(minutes=10)

    refused(here, here.browser.get(path), "is older than ten minutes")


def test_an_attempt_that_somebody_wrote_is_refused(here: Set) -> None:
    path = here.consent(here.start())
    value = here.browser.client.cookies["__Host-sign-in"]
    here.browser.client.cookies.set("__Host-sign-in", f"x{value}", domain="portal.example")

    refused(here, here.browser.get(path), "This attempt has ended")


@pytest.mark.parametrize("issuer", ["https://evil.example", ""])
def test_the_answer_of_another_provider_is_refused(here: Set, issuer: str) -> None:
    here.provider.answer = {"iss": issuer}

    refused(here, here.sign_in(), "The answer does not come from Halden ID.")


def test_a_provider_that_never_names_itself_need_not(here: Set) -> None:
    here.provider.answer = {"iss": ""}
    here.provider.metadata = {"authorization_response_iss_parameter_supported": None}

    assert here.sign_in().status_code == 303


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("access_denied", "Halden ID reports that access was denied or cancelled."),
        ("server_error", "Halden ID refused to sign you in."),
        ("<script>alert(1)</script>", "Halden ID refused to sign you in."),
    ],
)
def test_an_error_of_the_provider_is_explained(here: Set, code: str, sentence: str) -> None:
    here.provider.answer = {"code": "", "error": code, "error_description": "<script>"}
    answer = here.sign_in()

    refused(here, answer, sentence)
    assert "<script>" not in answer.text.partition("</head>")[2]


def test_an_answer_without_a_code_is_refused(here: Set) -> None:
    here.provider.answer = {"code": ""}

    refused(here, here.sign_in(), "The answer of Halden ID is not valid.")


@pytest.mark.parametrize(
    ("response", "sentence", "status"),
    [
        (JSONResponse({"error": "invalid_client"}, 401), "Halden ID refused to sign you in.", 403),
        (PlainTextResponse("no", 400), "Halden ID refused to sign you in.", 403),
        (PlainTextResponse("busy", 503), "Halden ID does not answer", 502),
        (PlainTextResponse("<html>"), "The answer of Halden ID is not valid.", 403),
        (JSONResponse(["a list"]), "The answer of Halden ID is not valid.", 403),
        (JSONResponse({"access_token": "a"}), "The answer of Halden ID is not valid.", 403),
        (JSONResponse({"id_token": "a.b.c"}), "The answer of Halden ID is not valid.", 403),
        (PlainTextResponse(" " * 600_000), "The answer of Halden ID is not valid.", 403),
        (RedirectResponse("/token", 307), "Halden ID refused to sign you in.", 403),
    ],
)
def test_an_answer_that_is_no_token_is_explained(
    here: Set, response: Any, sentence: str, status: int
) -> None:
    here.provider.token_answer = response

    refused(here, here.sign_in(), sentence, status)


def test_a_provider_that_is_down_is_explained_and_found_again(here: Set, street: Door) -> None:
    street.behind = PlainTextResponse("down", 503)
    answer = here.browser.get("/ui/sign-in/oidc")
    refused(here, answer, "Halden ID does not answer", 502)
    street.behind = here.provider
    assert here.sign_in().status_code == 303


def test_a_provider_that_nobody_reaches_is_explained(tmp_path: Path) -> None:
    site = Site(url=URL, oidc=Oidc("http://127.0.0.1:9", CLIENT, SECRET, "Halden ID"))
    with Portal(str(tmp_path / "portal.db"), site=site) as portal, Browser(portal) as browser:
        answer = browser.get("/ui/sign-in/oidc")

    assert (answer.status_code, "Halden ID does not answer" in text_of(answer)) == (502, True)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://id.example/token"},
        {"authorization_endpoint": None},
        {"jwks_uri": 7},
        {"userinfo_endpoint": "ftp://id.example"},
        {"end_session_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_description_that_is_not_safe_is_not_used(here: Set, metadata: dict[str, Any]) -> None:
    here.provider.metadata = metadata

    refused(here, here.browser.get("/ui/sign-in/oidc"), "The answer of Halden ID is not valid.")


def test_addresses_of_a_provider_are_encrypted_or_here() -> None:
    for url in ("https://id.example/x", "http://localhost:1/x", "http://[::1]/x", "http://127.0.0.1/x"):
        assert require_safe(url, "it") == url
    for bad in ("http://id.example", "https://", "id.example", None):
        with pytest.raises(OidcError, match="it of the provider is not an https address"):
            require_safe(bad, "it")


def test_signing_out_offers_to_sign_out_of_the_provider(here: Set) -> None:
    here.sign_in()
    here.browser.csrf = here.browser.get("/ui/").text.partition('name="csrf" value="')[2].partition('"')[0]
    answer = here.browser.submit("/ui/sign-out", follow=False)
    assert answer.headers["location"] == "/ui/sign-out/provider"
    page = here.browser.get("/ui/sign-out/provider")

    assert "You may still be signed in to Halden ID." in text_of(page)
    address = f"{here.provider.issuer}/logout?from=portal&amp;client_id=portal&amp;post_logout_redirect_uri="
    assert f'href="{address}https%3A%2F%2Fportal.example%2Fui%2Fsign-in"' in page.text
    assert here.browser.get("/ui/").status_code == 303


def test_a_provider_without_a_way_to_sign_out_is_only_named(here: Set, street: Door) -> None:
    here.provider.metadata = {"end_session_endpoint": None}
    assert "also sign out there, or close the browser" in text_of(here.browser.get("/ui/sign-out/provider"))
    here.portal.clock += timedelta(hours=2)
    street.behind = PlainTextResponse("down", 503)
    assert "also sign out there, or close the browser" in text_of(here.browser.get("/ui/sign-out/provider"))


def test_a_look_at_the_address_of_the_answer_uses_nothing_up(here: Set) -> None:
    path = here.consent(here.start())

    assert here.portal.runner.run(here.browser.client.head(path)).status_code == 405
    assert here.browser.get(path).status_code == 303


@pytest.mark.parametrize(
    "path", ["/ui/sign-in/oidc", "/ui/sign-in/oidc/callback", "/ui/sign-out/provider", "/ui/demo/mail"]
)
def test_without_a_provider_or_a_demo_there_are_no_such_pages(stranger: Browser, path: str) -> None:
    assert stranger.get(path).status_code == 404


def test_nothing_secret_is_logged(here: Set, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    here.provider.claims = {"nonce": "of another attempt"}
    path = here.consent(here.start())
    here.browser.get(path)

    query = parse_qs(urlsplit(path).query)
    [event] = [json.loads(each.message) for each in caplog.records if "sign-in-refused" in each.message]
    assert event["reason"] == "the ID token is not valid: nonce"
    assert event["method"] == "oidc"
    own = [each.getMessage() for each in caplog.records if each.name.startswith("reconciler")]
    assert not any(text in line for line in own for text in (query["code"][0], query["state"][0], SECRET))


def test_without_the_extra_the_portal_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith(("joserfc", "authlib"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "reconciler.portal_server.identity.oidc_provider", raising=False)
    monkeypatch.setitem(sys.modules, "authlib", None)
    site = Site(oidc=Oidc("https://id.example", CLIENT, SECRET))

    with pytest.raises(PortalServerError, match="needs the library authlib") as caught:
        create_app(str(tmp_path / "portal.db"), site=site)
    assert caught.value.hint == (
        "install it into the environment of this program: python -m pip install authlib joserfc"
    )

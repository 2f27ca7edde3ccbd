"""Application Default Credentials of Google: each kind gets its tokens from an endpoint on loopback."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse

from reconciler.errors import InputError, PortalError, ReconcilerError
from reconciler.http.connection import open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.google import GoogleCredentials
from reconciler.http.request import Request
from reconciler.http.retry import RetryPolicy
from tests.forge.serving import Door, door
from tests.http.google_server import ACCOUNT, REFRESH, SCOPE, SUBJECT, GoogleServer
from tests.http.scripted import Naps

AUDIENCE = "https://oauth2.googleapis.com/token"
BEARER = "Bearer ya29."


@pytest.fixture(scope="module")
def street() -> Iterator[Door]:
    with door() as opened:
        yield opened


@pytest.fixture(scope="module")
def issuer() -> GoogleServer:
    return GoogleServer()


@pytest.fixture
def google(
    issuer: GoogleServer, street: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> GoogleServer:
    """Google on loopback, and a machine without credentials."""
    for variable in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    endpoint = "google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT"
    monkeypatch.setattr(endpoint, f"{street.address}/token")
    street.behind = issuer.application()
    for kept in (issuer.forms, issuer.answers, issuer.things, issuer.rejected):
        kept.clear()
    issuer.lifetime = 3600
    return issuer


def request(address: str, times: int = 1, **options: Any) -> str:
    """Send requests with the credentials, all of them at once, and return what the credentials are."""

    async def act() -> str:
        auth = GoogleCredentials('portal "apis"', **options)
        policy = RetryPolicy(sleep=Naps(), random=lambda: 1.0)
        async with open_client(Endpoint(name="apis", auth=auth, address=address), policy) as client:
            await asyncio.gather(*(client.send(Request(path="things")) for _ in range(times)))
        return auth.source

    return asyncio.run(act())


def failure(address: str, **options: Any) -> ReconcilerError:
    with pytest.raises(ReconcilerError) as raised:
        request(address, **options)
    return raised.value


def use(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))


def test_a_service_account_signs_for_its_token(
    google: GoogleServer, street: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, google.service_account(tmp_path, street.address))

    request(street.address, times=5)

    assert google.things == [{"authorization": f"{BEARER}1"}] * 5
    assert len(google.forms) == 1
    claims = google.assertion()
    assert [claims[key] for key in ("iss", "aud", "scope")] == [ACCOUNT, AUDIENCE, SCOPE]


def test_a_person_is_billed_to_their_project(
    google: GoogleServer, street: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, google.authorized_user(tmp_path, street.address))

    request(street.address)

    assert google.things == [
        {"authorization": f"{BEARER}1", "x-goog-user-project": "billed-project"},
    ]
    assert google.forms[0]["refresh_token"] == REFRESH


def test_a_workload_exchanges_its_own_identity(
    google: GoogleServer, street: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, google.external_account(tmp_path, street.address))

    request(street.address)

    assert google.things == [{"authorization": f"{BEARER}1"}]
    assert [(form["subject_token"], form["scope"]) for form in google.forms] == [(SUBJECT, SCOPE)]


def test_credentials_name_the_account_that_they_know(
    google: GoogleServer, street: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for write in (google.service_account, google.authorized_user):
        use(monkeypatch, write(tmp_path, street.address))
        found.append(request(street.address))

    source = "the Application Default Credentials"
    assert found == [f"{source} of {ACCOUNT}", source]


def test_a_token_is_renewed_when_it_ends_and_when_it_is_rejected(
    google: GoogleServer, street: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, google.service_account(tmp_path, street.address))
    google.rejected = {f"{BEARER}1"}

    request(street.address)
    google.lifetime = 60
    request(street.address, times=2)

    assert [each["authorization"] for each in google.things] == [
        f"{BEARER}1",
        f"{BEARER}2",
        f"{BEARER}3",
        f"{BEARER}4",
    ]


def test_a_machine_without_credentials_says_what_to_do(google: GoogleServer, street: Door) -> None:
    error = failure(street.address)

    assert isinstance(error, InputError)
    assert error.message.startswith('portal "apis": no Application Default Credentials: ')
    assert "GOOGLE_APPLICATION_CREDENTIALS" in error.hint
    assert google.things == []


def test_without_the_library_the_extra_is_named(street: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.auth", None)

    error = failure(street.address)

    assert (error.message, error.hint) == (
        'portal "apis" needs the package google-auth',
        'install the extra: pip install "reconciler[apigee]"',
    )


def test_google_rejects_the_credentials(
    google: GoogleServer, street: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, google.service_account(tmp_path, street.address))
    google.answers = [JSONResponse({"error": "invalid_grant", "error_description": "Unknown account"}, 400)]

    error = failure(street.address)

    assert isinstance(error, PortalError)
    assert "Unknown account" in error.message
    assert google.things == []


def test_an_endpoint_that_redirects_is_not_followed(
    google: GoogleServer, street: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, google.service_account(tmp_path, street.address))
    google.answers = [JSONResponse({}, 307, {"Location": f"{street.address}/token"})]

    assert isinstance(failure(street.address), PortalError)
    assert len(google.forms) == 1


@pytest.mark.parametrize("place", ["the token endpoint", "the identity"])
def test_credentials_are_never_sent_unencrypted_to_another_machine(
    google: GoogleServer, street: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    if place == "the token endpoint":
        use(monkeypatch, google.service_account(tmp_path, "http://tokens.example"))
    else:
        use(monkeypatch, google.external_account(tmp_path, street.address, url="http://tokens.example/id"))

    assert failure(street.address).message == (
        'the credentials for portal "apis" would be sent unencrypted to tokens.example'
    )
    assert google.forms == []


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"access_token": "two words", "expires_in": 60}),
        JSONResponse({"access_token": "x" * 1024**2, "expires_in": 60}),
    ],
    ids=["invalid characters", "too long"],
)
def test_a_token_that_cannot_be_sent_is_an_error(
    google: GoogleServer,
    street: Door,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: JSONResponse,
) -> None:
    use(monkeypatch, google.authorized_user(tmp_path, street.address))
    google.answers = [answer]

    error = failure(street.address)

    assert isinstance(error, PortalError)
    assert google.things == []
    assert "two words" not in error.message


def test_an_unreachable_endpoint_is_an_error(
    google: GoogleServer, street: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, google.authorized_user(tmp_path, street.address))
    monkeypatch.setattr("google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT", "http://127.0.0.1:1/token")

    error = failure(street.address)

    assert isinstance(error, PortalError)
    assert "127.0.0.1 did not respond" in error.message

import asyncio
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from reconciler.errors import InputError, PortalError, UnknownOutcomeError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.oauth import OAuthClient, open_client_credentials
from reconciler.http.request import Request
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText
from tests.http.scripted import Naps
from tests.http.token_server import CLIENT, SECRET, TOKEN_BODY, TokenServer, page, refusal

THINGS = Request(path="things")
WRITE = Request(method="POST", path="things", body={})


async def get(client: HttpClient) -> dict[str, str]:
    return await client.fetch(THINGS, TOKEN_BODY)


async def write(client: HttpClient) -> object:
    return await client.send(WRITE)


def failure(server: TokenServer, act: Any = get) -> PortalError:
    with pytest.raises(PortalError) as raised:
        server.run(act)
    return raised.value


def test_requests_at_the_same_time_share_one_token() -> None:
    server = TokenServer()

    async def act(client: HttpClient) -> None:
        await asyncio.gather(*(get(client) for _ in range(20)))

    server.run(act)

    assert server.forms == [{"grant_type": "client_credentials", "scope": "portal"}]
    assert server.things == ["GET token-1"] * 20


@pytest.mark.parametrize(
    ("lifetime", "waits", "tokens"),
    [
        (300, [269.0, 1.0, 269.0], ["1", "1", "2", "2"]),
        ("300", [269.0, 1.0], ["1", "1", "2"]),
        (20, [9.0, 1.0], ["1", "1", "2"]),
        (None, [1e6], ["1", "1"]),
    ],
)
def test_a_token_is_renewed_before_its_end(lifetime: Any, waits: list[float], tokens: list[str]) -> None:
    server = TokenServer(lifetime)

    async def act(client: HttpClient) -> None:
        await get(client)
        for wait in waits:
            await server.naps(wait)
            await get(client)

    server.run(act)

    assert server.things == [f"GET token-{token}" for token in tokens]


@pytest.mark.parametrize("act", [get, write], ids=["a read", "a write"])
def test_a_token_that_is_rejected_is_renewed_once(act: Any) -> None:
    server = TokenServer()

    async def twice(client: HttpClient) -> None:
        await act(client)
        server.revoke()
        await act(client)

    server.run(twice)

    assert [each.partition(" ")[2] for each in server.things] == ["token-1", "token-1", "token-2"]


def test_requests_that_are_rejected_together_renew_the_token_once() -> None:
    server = TokenServer()

    async def act(client: HttpClient) -> None:
        await get(client)
        server.revoke()
        await asyncio.gather(*(get(client) for _ in range(8)))

    server.run(act)

    assert len(server.forms) == 2


def test_a_new_token_that_is_rejected_too_is_an_error_that_does_not_show_it() -> None:
    server = TokenServer()
    again = JSONResponse({"detail": "token-1 or token-2?"}, 401, media_type="application/problem+json")
    server.thing_answers = [again, again]

    error = failure(server)

    assert isinstance(error, ApiError)
    assert (error.message.partition(" does ")[2], error.hint, len(server.forms)) == (
        "not accept the access token: ••• or •••?",
        f"check the access token from the client {CLIENT}",
        2,
    )


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (400, "rejected the request (400): invalid_client", f"check the client {CLIENT} and its scopes"),
        (
            401,
            "does not accept the client secret: invalid_client",
            "check the client secret from PORTAL_SECRET",
        ),
    ],
)
def test_a_client_that_is_rejected_is_named_without_its_secret(status: int, message: str, hint: str) -> None:
    server = TokenServer()
    server.answers = [refusal("invalid_client", f"not {SECRET}", status)]

    error = failure(server)

    assert error.message.startswith('the token endpoint of portal "staging" at http://127.0.0.1:')
    assert (error.message.endswith(f"/token {message}: not •••"), error.hint) == (True, hint)
    assert server.things == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (page(), "text/html instead of JSON"),
        (JSONResponse([]), "Expected `object`, got `array`"),
        (JSONResponse({"access_token": "a"}), "Object missing required field `token_type`"),
        (JSONResponse({"access_token": "a", "token_type": "mac"}), "it is not a bearer token"),
        (
            JSONResponse({"access_token": "a\nb", "token_type": "bearer"}),
            "the token contains invalid characters",
        ),
        (JSONResponse({"access_token": "", "token_type": "bearer"}), "the token is empty"),
        (
            JSONResponse({"access_token": "a" * 1024**2, "token_type": "bearer"}),
            "more than 1 MiB in one response",
        ),
    ],
)
def test_an_answer_without_a_token_is_an_error(answer: Response, problem: str) -> None:
    server = TokenServer()
    server.answers = [answer]

    error = failure(server, write)

    assert (type(error), error.message.endswith(f"sent an unexpected response: {problem}")) == (
        PortalError,
        True,
    )


def test_a_write_without_a_token_was_not_sent_and_is_not_uncertain() -> None:
    server = TokenServer()
    server.answers = [Response(status_code=502)] * 5

    error = failure(server, write)

    assert (type(error), len(server.forms), server.things) == (PortalError, 5, [])


def test_a_token_that_cannot_be_renewed_does_not_settle_an_uncertain_write() -> None:
    class Revoking(Naps):
        async def __call__(self, seconds: float) -> None:
            await super().__call__(seconds)
            server.revoke()

    server = TokenServer()
    server.naps = Revoking()

    async def act(client: HttpClient) -> object:
        await get(client)
        server.thing_answers = [Response(status_code=502)]
        server.answers = [refusal("unauthorized_client")]
        return await client.send(Request(method="POST", path="things", body={}, repeatable=True))

    error = failure(server, act)

    assert isinstance(error, UnknownOutcomeError)
    assert "no clear response, then: the token endpoint of " in error.message


@pytest.mark.parametrize(
    ("url", "secret", "message"),
    [
        (
            "http://sso.example/token",
            "s",
            "the client secret would be sent unencrypted to http://sso.example/token",
        ),
        ("https://sso.example/token", "", "PORTAL_SECRET is empty"),
        ("", "s", "invalid URL: it needs http:// or https:// and a host"),
    ],
)
def test_a_secret_is_not_sent_where_it_can_be_read(url: str, secret: str, message: str) -> None:
    settings = OAuthClient(
        token_url=url, client_id="c", client_secret=SecretText(secret), source="PORTAL_SECRET"
    )

    async def run() -> None:
        policy = RetryPolicy(sleep=Naps(), random=lambda: 1.0)
        async with open_client_credentials("portal", settings, policy):
            pass

    with pytest.raises(InputError) as raised:
        asyncio.run(run())

    assert raised.value.message == f"the token endpoint of portal: {message}"

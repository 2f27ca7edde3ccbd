import asyncio

import httpx2
import pytest

from reconciler.errors import InputError, PortalError
from reconciler.http.auth import SecretInBody, StaticToken
from reconciler.http.client import HttpClient
from reconciler.http.connection import open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.renewal import IssuedToken, open_renewed_token
from reconciler.http.request import Request
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText
from tests.http.scripted import Line, Naps, ok, problem

SECRET = "s3cret"


def run(tokens: Line, things: Line, secret: str = SECRET) -> list[str | None]:
    """Get something with a token that a password in a body buys; return the headers that were sent."""
    policy = RetryPolicy(sleep=Naps(), random=lambda: 1.0)

    async def issue(client: HttpClient) -> IssuedToken:
        request = Request(method="POST", path="tokens", body={"password": secret}, safe=True)
        response = await client.send(request)
        return IssuedToken(StaticToken(SecretText(response.headers["X-Token"]), "us", "X-Auth-Token", ""), 60)

    async def act() -> None:
        buys = SecretInBody(SecretText(secret), "PORTAL_PASSWORD")
        endpoint = Endpoint(name="the token endpoint", auth=buys, address="https://portal.example")
        async with open_renewed_token(endpoint, issue, policy, tokens) as auth:
            portal = Endpoint(name="the portal", auth=auth, address="https://portal.example")
            async with open_client(portal, policy, things) as client:
                await client.send(Request(path="things"))

    asyncio.run(act())
    return [request.headers.get("X-Auth-Token") for request in things.requests]


def token(text: str) -> httpx2.Response:
    return httpx2.Response(201, json={}, headers={"X-Token": text})


def test_a_token_is_bought_with_a_secret_in_a_body_and_sent_in_a_header_of_its_own() -> None:
    tokens = Line(token("one"))

    assert run(tokens, Line(ok({}))) == ["one"]
    assert "Authorization" not in tokens.requests[0].headers


def test_a_token_in_a_header_of_its_own_is_renewed_where_it_is_rejected() -> None:
    assert run(Line(token("one"), token("two")), Line(problem(401, "ended"), ok({}))) == ["one", "two"]


def test_a_secret_that_is_rejected_is_named_and_not_shown() -> None:
    with pytest.raises(PortalError) as error:
        run(Line(problem(401, "not s3cret")), Line())

    assert (error.value.message, error.value.hint) == (
        "the token endpoint at https://portal.example does not accept the password: not •••",
        "check the password from PORTAL_PASSWORD",
    )


def test_an_empty_secret_is_refused_before_any_request() -> None:
    with pytest.raises(InputError) as error:
        run(Line(), Line(), secret="")

    assert error.value.message == "the token endpoint: PORTAL_PASSWORD is empty"

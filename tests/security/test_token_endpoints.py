"""A token endpoint, or the portal behind it, tries to get at the client secret or the access token."""

import pytest
from starlette.responses import JSONResponse, RedirectResponse

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.request import Request
from tests.http.token_server import SECRET, TOKEN_BODY, TokenServer


async def get(client: HttpClient) -> dict[str, str]:
    return await client.fetch(Request(path="things"), TOKEN_BODY)


def test_a_token_endpoint_cannot_have_the_client_secret_sent_elsewhere() -> None:
    server = TokenServer()
    server.answers = [RedirectResponse("https://elsewhere.example/token")]

    with pytest.raises(PortalError, match=r"/token redirects to https://elsewhere\.example/token"):
        server.run(get)

    assert len(server.forms) == 1


def test_a_portal_cannot_have_the_access_token_or_the_client_secret_planned() -> None:
    server = TokenServer()
    server.thing_answers = [JSONResponse({"name": f"token-1 {SECRET}"})]

    assert server.run(get) == {"name": "••• •••"}


def test_a_portal_that_accepts_no_token_cannot_make_us_ask_for_tokens_without_end() -> None:
    server = TokenServer()
    server.thing_answers = [JSONResponse({}, 401)] * 9

    with pytest.raises(PortalError, match="does not accept the access token"):
        server.run(get)

    assert (len(server.forms), len(server.things)) == (2, 2)

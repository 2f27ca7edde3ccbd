"""A directory whose tokens an authorization server issues for a client."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from reconciler.errors import PortalError
from reconciler.model.directory import GroupAnswer
from reconciler.model.directory_settings import ScimSource
from tests.servers.scim import TOKEN, ScimServer, ScimState
from tests.sources.scim.opening import URL, Place, ask_at, emails

NAME = "Acme Developers"
SECRET = "client-made-for-tests"
CLIENT = {
    "tokenUrl": "https://id.example.com/oauth2/token",
    "clientId": "reconciler",
    "clientSecret": {"env": "PORTAL_SCIM_SECRET"},
    "scope": "scim.read",
}


class Company:
    """A directory, and the authorization server before it."""

    def __init__(self) -> None:
        state = ScimState()
        state.add_group(NAME, state.add_user("ana@acme.example"))
        self.directory = ScimServer(state)
        self.forms: list[dict[str, list[str]]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.url.path != "/oauth2/token":
            await self.directory(scope, receive, send)
            return
        expected = b64encode(f"reconciler:{SECRET}".encode()).decode()
        self.forms.append(parse_qs((await request.body()).decode()))
        answer = JSONResponse({"error": "invalid_client"}, 401)
        if request.headers["Authorization"] == f"Basic {expected}":
            answer = JSONResponse({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300})
        await answer(scope, receive, send)

    def read(self, secret: str = SECRET) -> Mapping[str, GroupAnswer]:
        place = Place(settings=CLIENT, secret=secret, application=self)
        return ask_at(place, lambda directory: directory.read([NAME], lambda *_: None))


def test_a_client_gets_one_token_for_all_requests() -> None:
    company = Company()

    assert emails(company.read()[NAME]) == ["ana@acme.example"]
    assert company.forms == [{"grant_type": ["client_credentials"], "scope": ["scim.read"]}]


def test_a_client_secret_that_is_not_accepted_is_an_error_without_it() -> None:
    company = Company()

    with pytest.raises(PortalError, match="does not accept the client secret: invalid_client") as caught:
        company.read("wrong-secret")

    assert "wrong-secret" not in f"{caught.value.message} {caught.value.hint}"
    assert company.directory.requests == []


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, "use exactly one of token, tokenUrl"),
        ({**CLIENT, "token": {"env": "PORTAL_A"}}, "use exactly one of token, tokenUrl"),
        ({"token": {"env": "PORTAL_A"}, "scope": "a"}, "clientId, clientSecret and scope require tokenUrl"),
        ({"tokenUrl": URL, "clientId": "a"}, "tokenUrl needs clientId and clientSecret"),
    ],
)
def test_the_settings_have_one_kind_of_credentials(settings: Mapping[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        ScimSource.model_validate({"type": "scim", "url": URL, **settings})

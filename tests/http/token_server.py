"""A service behind an authorization server, on one address of loopback."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from reconciler.http.client import HttpClient
from reconciler.http.connection import open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.oauth import OAuthClient, open_client_credentials
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText
from tests.forge.serving import served
from tests.http.scripted import Naps

CLIENT = "reconciler: a client"
SECRET = "s3cret/+ %"
Result = TypeVar("Result")


class TokenServer:
    """Issues numbered tokens, accepts the newest one, and keeps the requests."""

    def __init__(self, lifetime: Any = 300) -> None:
        self.lifetime = lifetime
        self.forms: list[dict[str, str]] = []
        self.accepted: list[str] = []
        self.things: list[str] = []
        self.answers: list[Response] = []
        self.thing_answers: list[Response] = []
        self.naps = Naps()

    def application(self) -> Starlette:
        """Return the application."""
        routes = [
            Route("/token", self._token, methods=["POST"]),
            Route("/things", self._things, methods=["GET", "POST"]),
        ]
        return Starlette(routes=routes)

    def run(self, act: Callable[[HttpClient], Awaitable[Result]]) -> Result:
        """Serve the application, and act with a client of it."""
        with served(self.application()) as address:
            return asyncio.run(self._act(address, act))

    def revoke(self) -> None:
        """Accept no token that was issued until now."""
        self.accepted.clear()

    async def _act(self, address: str, act: Callable[[HttpClient], Awaitable[Result]]) -> Result:
        policy = RetryPolicy(sleep=self.naps, random=lambda: 1.0, clock=self.naps.clock)
        settings = OAuthClient(
            token_url=f"{address}/token",
            client_id=CLIENT,
            client_secret=SecretText(SECRET),
            source="PORTAL_SECRET",
            scope="portal",
        )
        name = 'portal "staging"'
        async with open_client_credentials(name, settings, policy) as auth:
            endpoint = Endpoint(name=name, auth=auth, address=address)
            async with open_client(endpoint, policy) as client:
                return await act(client)

    async def _token(self, asked: Asked) -> Response:
        self.forms.append(dict(parse_qsl((await asked.body()).decode())))
        if self.answers:
            return self.answers.pop(0)
        scheme, _, encoded = asked.headers["Authorization"].partition(" ")
        user, _, password = base64.b64decode(encoded).decode().partition(":")
        assert (scheme, unquote(user), unquote(password)) == ("Basic", CLIENT, SECRET)
        token = f"token-{len(self.forms)}"
        self.accepted = [token]
        found = {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime}
        return JSONResponse({key: value for key, value in found.items() if value is not None})

    async def _things(self, asked: Asked) -> Response:
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        self.things.append(f"{asked.method} {token}")
        if token not in self.accepted:
            body = {"detail": f"{token} has ended"}
            return JSONResponse(body, 401, media_type="application/problem+json")
        return self.thing_answers.pop(0) if self.thing_answers else JSONResponse({"token": token})


def refusal(error: str, description: str = "", status: int = 400) -> Response:
    """Return an error response of a token endpoint."""
    return JSONResponse({"error": error, "error_description": description}, status)


def page() -> Response:
    """Return a page for people."""
    return HTMLResponse("<h1>Sign in</h1>")


TOKEN_BODY = msgspec.json.Decoder(dict[str, str])

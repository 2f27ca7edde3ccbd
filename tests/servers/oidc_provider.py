"""A strict OpenID Connect provider, which accepts only what the standard requires, and attacks on demand.

It knows one person at a time, who consents to everything, and one client.
"""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import unquote_plus, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

CLIENT = "portal"
SECRET = "a secret: with + and /"
Claims = dict[str, Any]


class OidcServer:
    """The application. `person` are the claims of who signs in; the other attributes change its answers."""

    def __init__(self, key: RSAKey, now: Callable[[], datetime], callback: str) -> None:
        self.issuer = ""
        self.callback = callback
        self.now = now
        self.key = key
        self.published: list[Any] = [key.as_dict(private=False)]
        self.person: Claims = {"sub": "1", "email": "ana@acme.example", "email_verified": True}
        self.metadata: Claims = {}
        self.claims: Claims = {}
        self.user_info: Claims | None = None
        self.answer: dict[str, str] = {}
        self.sign: Callable[[Claims], str] = self.signed
        self.token_answer: Response | None = None
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._access: set[str] = set()
        self._app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
                Route("/me", self._me),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope["path"])
        await self._app(scope, receive, send)

    def signed(self, claims: Claims) -> str:
        """Return an ID token with a correct signature."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key, ["RS256"])

    async def _describe(self, _: Request) -> Response:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/me",
            "end_session_endpoint": f"{self.issuer}/logout?from=portal",
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }
        return JSONResponse({name: value for name, value in found.items() if value is not None})

    async def _authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        assert query.pop("response_type") == "code"
        assert query.pop("client_id") == CLIENT
        assert query.pop("scope") == "openid email"
        assert query.pop("code_challenge_method") == "S256"
        assert query["redirect_uri"] == self.callback
        assert len(query["state"]) >= 43
        assert len(query["nonce"]) >= 43
        assert len(query["code_challenge"]) == 43
        code = token_urlsafe(16)
        self._codes[code] = query
        answer = {"code": code, "state": query["state"], "iss": self.issuer, **self.answer}
        given = {name: value for name, value in answer.items() if value}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(given)}", 302)

    async def _token(self, request: Request) -> Response:
        if self.token_answer is not None:
            return self.token_answer
        form = {name: str(value) for name, value in (await request.form()).items()}
        query = self._codes.pop(form["code"], None)
        if query is None:
            return JSONResponse({"error": "invalid_grant", "error_description": "for the log?"}, 400)
        challenge = base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        assert challenge.decode() == query["code_challenge"]
        assert form["grant_type"] == "authorization_code"
        assert form["redirect_uri"] == query["redirect_uri"]
        assert self._client(request, form) == (CLIENT, SECRET)
        access = token_urlsafe(16)
        self._access.add(access)
        token = self.sign(self._claims(query["nonce"], access))
        return JSONResponse({"access_token": access, "token_type": "Bearer", "id_token": token})

    def _client(self, request: Request, form: dict[str, str]) -> tuple[str, str]:
        if "client_secret" in form:
            return form["client_id"], form["client_secret"]
        kind, _, encoded = request.headers["authorization"].partition(" ")
        assert kind == "Basic"
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
        return unquote_plus(name), unquote_plus(secret)

    def _claims(self, nonce: str, access: str) -> Claims:
        second = int(self.now().timestamp())
        half = sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": second,
            "exp": second + 300,
            "nonce": nonce,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **self.person,
            **self.claims,
        }
        return {name: value for name, value in claims.items() if value is not None}

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": self.published})

    async def _me(self, request: Request) -> Response:
        assert request.headers["authorization"].removeprefix("Bearer ") in self._access
        return JSONResponse(self.user_info)


def unsigned(claims: Claims) -> str:
    """Return an ID token without a signature."""
    return f"{_encoded({'alg': 'none'}, claims)}."


def signed_with_secret(claims: Claims, kid: str | None, secret: bytes) -> str:
    """Return an ID token with a signature that everybody can make who knows the secret."""
    text = _encoded({"alg": "HS256", "kid": kid}, claims)
    signature = hmac.digest(secret, text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _encoded(*parts: Claims) -> str:
    encoded = (base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in parts)
    return b".".join(encoded).decode()

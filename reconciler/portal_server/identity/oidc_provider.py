"""An OpenID Connect provider: discovery, authorization code with PKCE, and the validation of ID tokens."""

import secrets
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from reconciler.portal_server.identity.oidc import Attempt, Failure, OidcError
from reconciler.portal_server.identity.provider_requests import error_code, get_json, post_form, require_safe
from reconciler.portal_server.seed import Oidc
from reconciler.portal_server.values.addresses import canonical_email

# Signatures by keys that only the provider has: neither `none`, nor a secret or key that others know.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_LEEWAY_SECONDS: Final = 60
_ISSUED_WITHIN: Final = timedelta(minutes=10)
_KEPT: Final = timedelta(hours=1)
_SECURE_KEYS: Final = frozenset({"RSA", "EC"})


class _Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What discovery reports (OpenID Connect Discovery 1.0), with checked addresses."""

    authorization: str
    token: str
    keys: str
    user_info: str | None
    end_session: str | None
    sends_issuer: bool
    posts_secret: bool


class OidcProvider:
    """A provider with its settings; what it publishes is kept for an hour."""

    def __init__(self, settings: Oidc) -> None:
        self._settings = settings
        self._metadata: tuple[datetime, _Metadata] | None = None
        self._keys: KeySet | None = None

    async def begin(self, now: datetime, callback: str, target: str, *, again: bool) -> tuple[str, Attempt]:
        """Return the address at the provider to which the browser goes, and the attempt."""
        metadata = await self._discovered(now)
        attempt = Attempt(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            target=target,
            begun_at=now.timestamp(),
        )
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": callback,
            "scope": "openid email",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
            **({"prompt": "login"} if again else {}),
        }
        return _with_query(metadata.authorization, query), attempt

    async def finish(self, now: datetime, callback: str, attempt: Attempt, answer: Mapping[str, str]) -> str:
        """Return the canonical, verified address of the person in the answer that the browser brings."""
        if not compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise OidcError("over", "the state is not the one of the attempt")
        metadata = await self._discovered(now)
        self._require_own_answer(metadata, answer)
        tokens = await self._redeem(metadata, callback, attempt, answer["code"])
        claims = await self._validated(now, metadata, tokens, attempt.nonce)
        return _verified_email(await self._with_email(metadata, claims, tokens))

    async def sign_out_url(self, now: datetime, target: str) -> str | None:
        """Return the address at the provider that ends the session there (RP-Initiated Logout 1.0)."""
        metadata = await self._discovered(now)
        query = {"client_id": self._settings.client_id, "post_logout_redirect_uri": target}
        return _with_query(metadata.end_session, query) if metadata.end_session else None

    def _require_own_answer(self, metadata: _Metadata, answer: Mapping[str, str]) -> None:
        """Raise OidcError unless this provider sent the answer (RFC 9207), and it has a code."""
        issuer = answer.get("iss")
        if issuer != self._settings.issuer and (issuer is not None or metadata.sends_issuer):
            raise OidcError("mixed-up", "the answer names another issuer, or none")
        if "error" in answer:
            code = error_code(answer["error"])
            failure: Failure = "denied" if code == "access_denied" else "refused"
            raise OidcError(failure, f"the provider reports {code}")
        if not answer.get("code"):
            raise OidcError("invalid", "the answer has no code")

    async def _discovered(self, now: datetime) -> _Metadata:
        if self._metadata is not None and now - self._metadata[0] < _KEPT:
            return self._metadata[1]
        issuer = self._settings.issuer
        found = await get_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise OidcError("invalid", f"the provider calls itself another issuer than {issuer}")
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        metadata = _Metadata(
            authorization=require_safe(found.get("authorization_endpoint"), "authorization_endpoint"),
            token=require_safe(found.get("token_endpoint"), "token_endpoint"),
            keys=require_safe(found.get("jwks_uri"), "jwks_uri"),
            user_info=_optional(found, "userinfo_endpoint"),
            end_session=_optional(found, "end_session_endpoint"),
            sends_issuer=found.get("authorization_response_iss_parameter_supported") is True,
            posts_secret=isinstance(methods, list) and "client_secret_basic" not in methods,
        )
        self._metadata, self._keys = (now, metadata), None
        return metadata

    async def _redeem(
        self, metadata: _Metadata, callback: str, attempt: Attempt, code: str
    ) -> dict[str, Any]:
        client, secret = self._settings.client_id, self._settings.client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": callback,
            "code_verifier": attempt.verifier,
        }
        headers = {}
        if secret and not metadata.posts_secret:
            # RFC 6749, 2.3.1: both are encoded as in a form.
            pair = f"{quote_plus(client)}:{quote_plus(secret)}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": client, **({"client_secret": secret} if secret else {})}
        return await post_form(metadata.token, form, headers)

    async def _validated(
        self, now: datetime, metadata: _Metadata, tokens: Mapping[str, Any], nonce: str
    ) -> dict[str, Any]:
        """Return the claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7)."""
        text, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(text, str) or not isinstance(access, str):
            raise OidcError("invalid", "the provider sent no ID token")
        token = await self._decoded(metadata, text)
        issuer, client = self._settings.issuer, self._settings.client_id
        options: Any = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client},
            "nonce": {"essential": True, "value": nonce},
        }
        parameters = {"nonce": nonce, "client_id": client, "access_token": access}
        claims = CodeIDToken(token.claims, token.header, options, parameters)
        try:
            claims.validate(int(now.timestamp()), _LEEWAY_SECONDS)
        except (JoseError, TypeError, ValueError) as error:
            raise OidcError("invalid", f"the ID token is not valid: {_named(error)}") from error
        if now.timestamp() - claims["iat"] > _ISSUED_WITHIN.total_seconds():
            raise OidcError("invalid", "the ID token is not new")
        return dict(claims)

    async def _decoded(self, metadata: _Metadata, text: str) -> jwt.Token:
        """Verify the signature; the keys are read again for a key that is not known yet."""
        is_fresh = self._keys is None
        try:
            keys = self._keys or await self._read_keys(metadata)
            try:
                return jwt.decode(text, keys, ALGORITHMS)
            except InvalidKeyIdError:
                if is_fresh:
                    raise
                return jwt.decode(text, await self._read_keys(metadata), ALGORITHMS)
        except (JoseError, ValueError, TypeError) as error:
            raise OidcError("invalid", f"the ID token is not valid: {_named(error)}") from error

    async def _read_keys(self, metadata: _Metadata) -> KeySet:
        found = (await get_json(metadata.keys)).get("keys")
        usable: Any = [
            each
            for each in (found if isinstance(found, list) else [])
            if isinstance(each, dict) and each.get("kty") in _SECURE_KEYS and each.get("use") != "enc"
        ]
        self._keys = KeySet.import_key_set({"keys": usable})
        return self._keys

    async def _with_email(
        self, metadata: _Metadata, claims: dict[str, Any], tokens: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Add what some providers tell about the person only on request."""
        if "email" in claims or metadata.user_info is None:
            return claims
        found = await get_json(metadata.user_info, bearer=tokens["access_token"])
        if found.get("sub") != claims["sub"]:
            raise OidcError("invalid", "the provider describes another person")
        return found


def _verified_email(claims: Mapping[str, Any]) -> str:
    try:
        email = canonical_email(str(claims.get("email", "")))
    except ValueError as error:
        raise OidcError("no-address", "the provider sent no e-mail address") from error
    if claims.get("email_verified") is not True:
        raise OidcError("unverified", "the address is not verified", email)
    return email


def _optional(found: Mapping[str, Any], name: str) -> str | None:
    return require_safe(found[name], name) if found.get(name) else None


def _with_query(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(query)}"


def _named(error: Exception) -> str:
    """Return what is wrong without a part of the token: the claim, or the kind of error."""
    return str(getattr(error, "claim", "") or type(error).__name__)

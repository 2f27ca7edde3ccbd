"""HTTP requests to an OpenID Connect provider, with short timeouts, small answers, and no redirects."""

import asyncio
import re
import ssl
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import msgspec

from reconciler.portal_server.identity.oidc import Failure, OidcError

_TIMEOUT: Final = httpx2.Timeout(5, connect=3)
_WHOLE_SECONDS: Final = 10
_MOST_BYTES: Final = 512 * 1024
_CODE: Final = re.compile(r"[a-z_]{1,40}\Z")


async def get_json(url: str, bearer: str | None = None) -> dict[str, Any]:
    """Return a JSON object. Raise OidcError for any other answer, or none."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    status, body = await _ask("GET", url, headers, None)
    return _object(url, status, body)


async def post_form(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
    """Post a form and return the JSON object of the answer. Raise OidcError for any other answer, or none."""
    status, body = await _ask("POST", url, headers, form)
    return _object(url, status, body)


def require_safe(url: object, what: str) -> str:
    """Return an address that is encrypted, or on this machine. Raise OidcError for others."""
    if isinstance(url, str):
        found = urlsplit(url)
        if found.scheme == "https" and found.hostname:
            return url
        if found.scheme == "http" and is_loopback(found.hostname or ""):
            return url
    raise OidcError("invalid", f"{what} of the provider is not an https address")


def error_code(code: object) -> str:
    """Return the error code of a provider for the log, which must not be text by another party."""
    return code if isinstance(code, str) and _CODE.match(code) else "an unknown error"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _authorities() -> ssl.SSLContext:
    """Return the certificate authorities, which take long to read."""
    return ssl.create_default_context()


async def _ask(
    method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
) -> tuple[int, bytes]:
    host = urlsplit(url).hostname or ""
    try:
        async with (
            asyncio.timeout(_WHOLE_SECONDS),
            httpx2.AsyncClient(
                timeout=_TIMEOUT,
                follow_redirects=False,
                trust_env=not is_loopback(host),
                verify=_authorities(),
            ) as client,
            client.stream(
                method, url, headers={"Accept": "application/json", **headers}, data=form
            ) as response,
        ):
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise OidcError("invalid", f"the answer of {host} is too large")
            return response.status_code, body
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        # The text of an error can contain the address with its query, so only its kind is named.
        raise OidcError("down", f"{host} did not answer: {type(error).__name__}") from error


def _object(url: str, status: int, body: bytes) -> dict[str, Any]:
    host = urlsplit(url).hostname
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    if status != HTTPStatus.OK:
        code = error_code(found.get("error")) if isinstance(found, dict) else "no reason"
        failure: Failure = "down" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused"
        raise OidcError(failure, f"{host} answered with status {status}: {code}")
    if not isinstance(found, dict):
        raise OidcError("invalid", f"the answer of {host} is not a JSON object")
    return found

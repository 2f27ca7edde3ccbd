"""What protects the pages: response headers, the origin of requests, and cookies."""

from collections.abc import Mapping
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.values.origins import loopback_origin

SESSION_COOKIE: Final = "__Host-session"
NOTICE_COOKIE: Final = "__Host-notice"
ATTEMPT_COOKIE: Final = "__Host-sign-in"
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def origin_of(url: str | None, host: str | None) -> str:
    """Return the site's origin. Reject with 421 a request for another host.

    Without a public address, only the loopback address is served: another name could be a rebound one.
    """
    if url is not None:
        if host is None or host.lower() != urlsplit(url).netloc.lower():
            raise ProblemError(421, "The pages of this portal have another address.")
        return url
    origin = loopback_origin(host)
    if origin is None:
        raise ProblemError(421, "The pages need the public address of this portal: start it with --url.")
    return origin


def require_same_origin(headers: Mapping[str, str], origin: str) -> None:
    """Reject with 403 a form that another site posts: by Fetch Metadata, or else by Origin."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        trusted = site == "same-origin"
    else:
        trusted = headers.get("origin", "").lower() == origin.lower()
    if not trusted:
        raise ProblemError(403, "This form was sent from another site.")


def require_token(expected: str, posted: str) -> None:
    """Reject with 403 a form without the token of the session."""
    if not compare_digest(expected.encode(), posted.encode()):
        raise ProblemError(
            403, "This form is from an earlier session. Open the page again, and send it again."
        )


def cookies(header: str | None) -> dict[str, str]:
    """Return the cookies of a request by name; quotes are part of a value, as the portal sets none.

    The standard library's parser takes quadratic time for quoted backslashes, before anybody is known.
    """
    pairs = (part.partition("=") for part in (header or "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def set_cookie(name: str, value: str, *, max_age: int | None = None) -> str:
    """Return a Set-Cookie header: only for this host, over TLS, out of reach of scripts."""
    age = "" if max_age is None else f"; Max-Age={max_age}"
    return f"{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}"


def clear_cookie(name: str) -> str:
    """Return a Set-Cookie header that deletes a cookie."""
    return set_cookie(name, "", max_age=0)

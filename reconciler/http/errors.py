"""Errors of HTTP services, in words for people: which service, what is wrong, and what to do."""

from collections.abc import Mapping
from http import HTTPStatus
from ssl import SSLCertVerificationError
from typing import Final

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.endpoint import Endpoint
from reconciler.http.request import Response
from reconciler.model.counting import counted
from reconciler.model.http_text import phrase

_AUTHORITY_HINT: Final = (
    "if your own authority signed it, set SSL_CERT_FILE to the certificate of that authority"
)
# By the codes of OpenSSL (X509_V_ERR).
_CERTIFICATE_HINTS: Final[Mapping[int, str]] = {
    9: "check the clock of this machine, and when the certificate begins to be valid",
    10: "check the clock of this machine; the operator of the service has to renew the certificate",
    18: (
        "if the service has signed its certificate itself, set SSL_CERT_FILE to that certificate;"
        " otherwise another server answers at this address"
    ),
    62: "use a host name of the certificate in the address",
    64: "use the host name instead of the IP address",
}
_PAGE_HINT: Final = "a login page, a proxy or another server may have answered"
_OF_PROXIES: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
    }
)
_LATER: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class ApiError(PortalError):
    """The service rejected a request; `status` is HTTP's, `detail` the service's explanation.

    `wait` is the wait in seconds that it asks for, where it only limits how many requests it answers.
    """

    def __init__(
        self, message: str, hint: str, status: int, detail: str = "", wait: float | None = None
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.detail = detail
        self.wait = wait


def rejected(endpoint: Endpoint, response: Response, wait: float | None = None) -> ApiError:
    """Return the error for an error response with any body; `wait` is the wait it asks for, in seconds."""
    status = response.status
    detail = endpoint.redact(endpoint.error_detail(response)) or phrase(status)
    by_other = response.is_web_page and status in _OF_PROXIES and not endpoint.html_errors
    if by_other:
        detail = f"{detail}, with a web page"
    if status == HTTPStatus.UNAUTHORIZED:
        auth = endpoint.auth
        message = f"{endpoint} does not accept the {auth.noun}: {detail}"
        hint = f"check the {auth.noun} from {auth.source}"
        return ApiError(message, f"{hint}; {_PAGE_HINT}" if by_other else hint, status, detail)
    hint = endpoint.hints.statuses.get(status, "try again later" if status in _LATER else "")
    if by_other:
        hint = "; ".join(filter(None, (_PAGE_HINT, hint)))
    if wait is not None:
        hint = f"try again in {counted(round(wait), 'second')}"
    message = f"{endpoint} rejected the request ({status}): {detail}"
    if status == HTTPStatus.PRECONDITION_FAILED:
        message = f"{endpoint}: the object has changed since it was read"
    return ApiError(message, hint, status, detail, wait)


def redirected(endpoint: Endpoint, response: Response) -> ApiError:
    """Return the error for a redirect: credentials are sent only to the configured address."""
    target = endpoint.redact(response.headers.get("Location", "")) or "no address"
    return ApiError(f"{endpoint} redirects to {target}", endpoint.hints.redirected, response.status)


def foreign_link(endpoint: Endpoint, link: str) -> PortalError:
    """Return the error for a link to another host."""
    message = f"{endpoint} links to its next page on another host: {endpoint.redact(link)}"
    return PortalError(message, "links to another host are not followed")


def not_json(endpoint: Endpoint, response: Response) -> PortalError:
    """Return the error for a good response in another format; after a write, its outcome is unknown."""
    error = unexpected(
        endpoint,
        f"{response.media_type or 'a body without a content type'} instead of JSON",
        written=response.written,
    )
    if response.is_web_page:
        error.hint = "; ".join(filter(None, (_PAGE_HINT, error.hint)))
    return error


def unexpected(endpoint: Endpoint, what: str, *, written: bool = False) -> PortalError:
    """Return the error for a response that does not follow the API; after a write, its outcome is unknown."""
    if written:
        return outcome_unknown(endpoint, f"unexpected response: {what}")
    return PortalError(
        f"{endpoint} sent an unexpected response: {endpoint.redact(what)}", endpoint.hints.unexpected
    )


def limit_exceeded(endpoint: Endpoint, what: str) -> PortalError:
    """Return the error for a service that sends more than one run may receive."""
    return PortalError(f"{endpoint} {what}, the limit for one run", "check the address of the service")


def unreachable(endpoint: Endpoint, reason: str, hint: str) -> PortalError:
    """Return the error for a service to which nothing could be sent."""
    return PortalError(f"{endpoint} cannot be reached: {endpoint.redact(reason)}", hint)


def untrusted(endpoint: Endpoint, error: SSLCertVerificationError) -> PortalError:
    """Return the error for a service whose certificate is not trusted; nothing was sent to it."""
    message = f"{endpoint} cannot be reached: its certificate is not trusted: {error.verify_message}"
    return PortalError(message, certificate_hint(error))


def certificate_hint(error: SSLCertVerificationError) -> str:
    """Return what to do about a certificate that is not trusted."""
    return _CERTIFICATE_HINTS.get(error.verify_code, _AUTHORITY_HINT)


def no_response(endpoint: Endpoint, reason: str) -> PortalError:
    """Return the error for a read without a response."""
    return PortalError(f"{endpoint} did not respond: {endpoint.redact(reason)}", "try again later")


def outcome_unknown(endpoint: Endpoint, reason: str) -> UnknownOutcomeError:
    """Return the error for a write that may or may not have taken effect."""
    message = f"{endpoint}: outcome unknown: {endpoint.redact(reason)}"
    return UnknownOutcomeError(message, endpoint.hints.outcome_unknown)


def server_error(status: int) -> str:
    """Return the reason for a response that says that the service itself failed."""
    return f"server error ({status} {phrase(status)})"

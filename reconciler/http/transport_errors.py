"""Errors of the connection to a service: whether a request was sent, and the reason in words."""

import ssl
from typing import Final

import httpx2

NOT_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
_TIMEOUTS: Final[dict[type[httpx2.RequestError], str]] = {
    httpx2.ConnectTimeout: "timeout while connecting",
    httpx2.ReadTimeout: "timeout while waiting for a response",
    httpx2.WriteTimeout: "timeout while sending the request",
    httpx2.PoolTimeout: "timeout while waiting for a free connection",
}


def reason(error: httpx2.RequestError) -> str:
    """Return what happened; timeouts have no text of their own."""
    return str(error) or _TIMEOUTS.get(type(error), type(error).__name__)


def certificate_error(error: BaseException | None) -> str | None:
    """Return what is wrong with the service's certificate, if that is why nothing was sent."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None

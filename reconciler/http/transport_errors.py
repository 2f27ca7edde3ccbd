"""Errors of the connection to a service: whether a request was sent, and the reason in words."""

import socket
import ssl
from collections.abc import Iterator
from typing import Final, TypeVar

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
# The texts of the operating system differ, and some are hidden behind others.
_CAUSES: Final[dict[type[Exception], str]] = {
    ConnectionRefusedError: "connection refused",
    ConnectionResetError: "the connection was closed before a response came",
    socket.gaierror: "the host name cannot be resolved",
    ssl.SSLError: "the server does not speak TLS at this address",
}
TLS_HINT: Final = "check scheme and port of the address: it may be http://, or another port"
Error = TypeVar("Error", bound=BaseException)


def reason(error: httpx2.RequestError) -> str:
    """Return what happened; timeouts have no text of their own."""
    if isinstance(error, httpx2.RemoteProtocolError) and str(error).startswith("illegal"):
        # Its text has what the server sent.
        return "the server does not speak HTTP at this address"
    return known_reason(error) or str(error) or _TIMEOUTS.get(type(error), type(error).__name__)


def known_reason(error: BaseException) -> str:
    """Return what happened if it is one of the known causes, in words that are the same on all systems."""
    known = (text for kind, text in _CAUSES.items() if _caused_by(error, kind) is not None)
    return next(known, "")


def certificate_error(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """Return what is wrong with the service's certificate, if that is why nothing was sent."""
    return _caused_by(error, ssl.SSLCertVerificationError)


def is_tls_error(error: BaseException) -> bool:
    """Return whether there is a connection, but no TLS over it."""
    return _caused_by(error, ssl.SSLError) is not None


def _caused_by(error: BaseException, kind: type[Error]) -> Error | None:
    """Return the first error of a kind among the causes of an error."""
    return next((each for each in _causes(error) if isinstance(each, kind)), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _causes(each)
        error = error.__cause__ or error.__context__

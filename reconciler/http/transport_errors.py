"""What goes wrong on the line to a portal: whether anything was sent, and why not, in words."""

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
    httpx2.ConnectTimeout: "no connection in time",
    httpx2.ReadTimeout: "no answer in time",
    httpx2.WriteTimeout: "the request could not be sent in time",
    httpx2.PoolTimeout: "no free connection in time",
}


def why(error: httpx2.RequestError) -> str:
    """Say what happened on the line; timeouts have no text of their own."""
    return str(error) or _TIMEOUTS.get(type(error), type(error).__name__)


def distrust(error: BaseException | None) -> str | None:
    """Say what is wrong with the portal's certificate, if that is why nothing was sent."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None

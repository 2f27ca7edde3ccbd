"""Checks of the connection to a service, by one request without credentials: address, TLS and clock."""

import logging
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final

import httpx2
import msgspec

from reconciler.http.auth import StaticToken
from reconciler.http.client import LOG_LINE
from reconciler.http.connection import connect
from reconciler.http.endpoint import Endpoint
from reconciler.http.errors import certificate_hint
from reconciler.http.transport_errors import TLS_HINT, certificate_error, is_tls_error, reason
from reconciler.model.counting import counted
from reconciler.model.health import Check, CheckResult, failed, ok, skipped, warning
from reconciler.model.http_text import is_loopback, moment, phrase
from reconciler.model.secret import SecretText

_LOG: Final = logging.getLogger(__name__)
TIMEOUT_SECONDS: Final = 15.0
_RENEW_DAYS: Final = 14
_SKEW_WARNING: Final = 60
# Tokens with an end are rejected, and last days end at another time than the portal's.
_SKEW_LIMIT: Final = 300
_NOBODY: Final = StaticToken(SecretText(""), "")
_UNREACHABLE_HINT: Final = "check the address in the configuration, the network and the proxy (HTTPS_PROXY)"


class _Answer(msgspec.Struct, frozen=True):
    """The start of a response; `certificate` is None without TLS."""

    status: int
    headers: Mapping[str, str]
    protocol: str | None
    certificate: Mapping[str, Any] | None


class Probe:
    """Sends one request without credentials to an address, and judges what comes back.

    `clock` returns the time of this machine.
    """

    def __init__(self, address: str, clock: Callable[[], datetime], timeout: float = TIMEOUT_SECONDS) -> None:
        self._endpoint = Endpoint(name="the service", auth=_NOBODY, address=address, allow_http=True)
        self._url = httpx2.URL("")
        self._clock = clock
        self._timeout = timeout
        self._answer: _Answer | None = None
        self._tls = skipped("no connection")
        self._received_at = datetime.min.replace(tzinfo=UTC)

    def checks(self, *needs: str) -> list[Check]:
        """Return the checks; those in `needs` come before them."""
        return [
            Check("reachable", self._reachable, needs),
            Check("tls", self._checked_tls, ("reachable",)),
            Check("clock", self._skew, ("reachable", "tls")),
        ]

    async def _reachable(self) -> CheckResult:
        """Send the request. Raises InputError for an address or environment that cannot be used."""
        client = connect(self._endpoint)
        self._url = client.base_url
        async with client:
            try:
                self._answer = await self._ask(client)
            except httpx2.RequestError as error:
                return self._no_answer(error)
        self._tls = self._trusted(self._answer)
        return self._answered(self._answer)

    async def _ask(self, client: httpx2.AsyncClient) -> _Answer:
        began = monotonic()
        async with client.stream("GET", self._endpoint.address, timeout=self._timeout) as response:
            stream = response.extensions.get("network_stream")
            tls: ssl.SSLObject | None = stream.get_extra_info("ssl_object") if stream else None
            self._received_at = self._clock()
            path, took = response.url.path.lstrip("/"), round((monotonic() - began) * 1000)
            _LOG.info(LOG_LINE, "GET", path, response.status_code, took)
            return _Answer(
                response.status_code,
                response.headers,
                tls.version() if tls else None,
                tls.getpeercert() if tls else None,
            )

    def _no_answer(self, error: httpx2.RequestError) -> CheckResult:
        """Return what the lack of a response means: without TLS, there is a server nevertheless."""
        untrusted = certificate_error(error)
        if untrusted is not None:
            message = f"the certificate is not trusted: {untrusted.verify_message}"
            self._tls = failed(message, certificate_hint(untrusted))
        elif is_tls_error(error):
            self._tls = failed(reason(error), TLS_HINT)
        else:
            return failed(self._endpoint.redact(reason(error)), _UNREACHABLE_HINT)
        return ok("connected, but without TLS nothing is sent")

    def _answered(self, answer: _Answer) -> CheckResult:
        said = f"responds ({answer.status} {phrase(answer.status)})"
        target = answer.headers.get("Location", "")
        if target and 300 <= answer.status < 400 and not self._is_same_origin(target):  # noqa: PLR2004  redirects
            target = self._endpoint.redact(target)
            return warning(
                f"redirects to {target}",
                "redirects are not followed: set the final address in the configuration",
            )
        return ok(said)

    def _is_same_origin(self, target: str) -> bool:
        try:
            url = self._url.join(target)
        except httpx2.InvalidURL:
            return False
        return (url.scheme, url.host, url.port) == (self._url.scheme, self._url.host, self._url.port)

    async def _checked_tls(self) -> CheckResult:
        return self._tls

    def _trusted(self, answer: _Answer) -> CheckResult:
        """Return whether the connection is encrypted; a certificate that is not trusted gets no response."""
        if answer.protocol is None:
            return self._unencrypted()
        ends = _end(answer.certificate or {})
        if ends is None:
            return ok(f"verified, {answer.protocol}")
        left = (ends - self._clock()).days
        detail = f"verified, {answer.protocol}, the certificate ends on {ends:%Y-%m-%d}"
        if left < _RENEW_DAYS:
            return warning(
                f"{detail}, in {counted(left, 'day')}", "have the certificate renewed before its end"
            )
        return ok(detail)

    def _unencrypted(self) -> CheckResult:
        if is_loopback(self._url.host):
            return ok("not encrypted, but within this machine")
        return warning("not encrypted: anyone on the way can read the credentials", "use https://")

    async def _skew(self) -> CheckResult:
        """Compare the Date of the response, which has whole seconds, with our clock."""
        theirs = moment(self._answer.headers.get("Date", "")) if self._answer else None
        if theirs is None:
            return skipped("the response has no valid Date")
        skew = round((self._received_at - theirs).total_seconds())
        if abs(skew) <= 1:
            return ok("as this machine's")
        ahead = f"this machine's clock is {counted(abs(skew), 'second')} {'ahead' if skew > 0 else 'behind'}"
        hint = "synchronize the clock of this machine (NTP), or report it to the operator of the service"
        if abs(skew) > _SKEW_LIMIT:
            return failed(ahead, hint)
        return warning(ahead, hint) if abs(skew) > _SKEW_WARNING else ok(ahead)


def _end(certificate: Mapping[str, Any]) -> datetime | None:
    """Return when a certificate ends."""
    text = certificate.get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC) if text else None

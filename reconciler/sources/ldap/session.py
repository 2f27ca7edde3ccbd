"""Searches of one run: a connection that is opened when needed, retries, and errors in words for people."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from time import monotonic
from typing import Final, TypeVar

import msgspec

from reconciler.errors import PortalError
from reconciler.http import errors
from reconciler.http.endpoint import Endpoint
from reconciler.http.retry import RetryPolicy
from reconciler.http.transport_errors import certificate_error, is_tls_error, known_reason
from reconciler.model.secret import SecretText
from reconciler.sources.ldap.address import Address, Encryption
from reconciler.sources.ldap.connection import (
    Found,
    LdapConnection,
    LostConnectionError,
    Outcome,
    Search,
    StartTlsRefusedError,
    Timeouts,
    UnexpectedResponseError,
)
from reconciler.sources.ldap.threads import in_thread

T = TypeVar("T")
_LOG: Final = logging.getLogger(__name__)


class Code(IntEnum):
    """Result codes (RFC 4511, appendix A)."""

    SUCCESS = 0
    TIME_LIMIT_EXCEEDED = 3
    SIZE_LIMIT_EXCEEDED = 4
    COMPARE_FALSE = 5
    COMPARE_TRUE = 6
    STRONGER_AUTH_REQUIRED = 8
    REFERRAL = 10
    ADMIN_LIMIT_EXCEEDED = 11
    CONFIDENTIALITY_REQUIRED = 13
    NO_SUCH_ATTRIBUTE = 16
    NO_SUCH_OBJECT = 32
    INVALID_CREDENTIALS = 49
    INSUFFICIENT_ACCESS_RIGHTS = 50
    BUSY = 51
    UNAVAILABLE = 52


_ENCRYPTION: Final[Mapping[Encryption, str]] = {
    "tls": "encrypted with TLS",
    "start-tls": "encrypted with StartTLS",
    "none": "without encryption",
}
_TLS_HINT: Final = "check scheme and port of the address: it may be ldap://, or another port"
_LATER: Final = frozenset({Code.BUSY, Code.UNAVAILABLE})
_ENCRYPT: Final = frozenset({Code.STRONGER_AUTH_REQUIRED, Code.CONFIDENTIALITY_REQUIRED})
_PROBLEMS: Final[Mapping[int, str]] = {
    Code.TIME_LIMIT_EXCEEDED: "the server stopped the search at its time limit",
    Code.SIZE_LIMIT_EXCEEDED: "the server stopped the search at its size limit",
    Code.ADMIN_LIMIT_EXCEEDED: "the server stopped the search at a limit of its administrator",
    Code.NO_SUCH_OBJECT: "there is no such entry, or the account may not see it",
}


class Server(msgspec.Struct, frozen=True):
    """A server, how it is reached, and who asks it."""

    endpoint: Endpoint
    address: Address
    user: str
    password: SecretText
    context: ssl.SSLContext | None
    timeouts: Timeouts = Timeouts()


class LdapSession:
    """Asks one server. All it sends are reads, so each is sent again after a connection was lost."""

    def __init__(self, server: Server, retries: RetryPolicy) -> None:
        self.endpoint = server.endpoint
        self._server = server
        self._retries = retries
        self._connection: LdapConnection | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def encryption(self) -> str:
        """How the connection is encrypted, in words."""
        return _ENCRYPTION[self._server.address.encryption]

    async def search(self, base: str, filter_text: str, attributes: Sequence[str]) -> Found:
        """Return the entries below a base. Raises PortalError where nothing can be asked."""
        return await self._search(Search(base, filter_text, attributes))

    async def read(self, dn: str, attributes: Sequence[str]) -> Found:
        """Return one entry. Raises PortalError where nothing can be asked."""
        return await self._search(Search(dn, "(objectClass=*)", attributes, subtree=False))

    async def compare(self, dn: str, attribute: str, value: str) -> int:
        """Return the result code about a value of an entry. Raises PortalError where nothing can be asked."""
        outcome = await self._ask(
            lambda connection: connection.compare(dn, attribute, value), lambda found: found
        )
        return outcome.code

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def problem(self, found: Found) -> str:
        """Return why a search may have missed entries, empty if it has not."""
        outcome = found.outcome
        if outcome.code == Code.REFERRAL or (not outcome.code and found.references):
            others = self.endpoint.redact(", ".join(found.references[:3]) or outcome.text)
            return f"the server refers to another one, which is not asked: {others}"
        if not outcome.code:
            return ""
        return _PROBLEMS.get(outcome.code) or self._said(outcome)

    async def _search(self, search: Search) -> Found:
        began = monotonic()
        found = await self._ask(lambda connection: connection.search(search), lambda found: found.outcome)
        took = round((monotonic() - began) * 1000)
        _LOG.info("LDAP search below %s: %d entries (%d ms)", search.base, len(found.entries), took)
        return found

    async def _ask(self, work: Callable[[LdapConnection], T], outcome: Callable[[T], Outcome]) -> T:
        async with self._one_at_a_time:
            return await self._answered(work, outcome)

    async def _answered(self, work: Callable[[LdapConnection], T], outcome: Callable[[T], Outcome]) -> T:
        attempt = 0
        while True:
            attempt += 1
            try:
                result = await self._once(work)
                if outcome(result).code not in _LATER:
                    return result
                failure = errors.no_response(self.endpoint, self._said(outcome(result)))
            except LostConnectionError as error:
                failure = errors.no_response(self.endpoint, known_reason(error) or str(error))
            except OSError as error:
                failure = self._unreachable(error)
                if certificate_error(error) or attempt >= self._retries.connect_attempts:
                    raise failure from error
            wait = self._retries.wait(attempt, None)
            if wait is None:
                raise failure
            await self._retries.sleep(wait)

    async def _once(self, work: Callable[[LdapConnection], T]) -> T:
        connection, self._connection = self._connection or await self._open(), None
        seconds = self._server.timeouts.whole
        try:
            result = await in_thread(lambda: work(connection), connection.abort, seconds)
        except TimeoutError:
            raise LostConnectionError(f"no complete response within {seconds:g} seconds") from None
        except UnexpectedResponseError as error:
            raise errors.unexpected(self.endpoint, str(error)) from None
        self._connection = connection
        return result

    async def _open(self) -> LdapConnection:
        """Return a new connection, after the bind. Raises OSError, LostConnectionError or PortalError."""
        server = self._server
        connection = LdapConnection(server.address, server.context, server.timeouts)
        try:
            outcome = await in_thread(
                lambda: connection.open(server.user, server.password), connection.abort, server.timeouts.whole
            )
        except UnexpectedResponseError as error:
            raise errors.unexpected(self.endpoint, str(error)) from None
        except StartTlsRefusedError as error:
            message = f"{self.endpoint} does not encrypt the connection: {self.endpoint.redact(str(error))}"
            raise PortalError(
                message, "use ldaps://, or let the operator of the server set up StartTLS"
            ) from None
        if outcome.code:
            connection.close()
            if outcome.code in _LATER:
                raise LostConnectionError(self._said(outcome))
            raise self._refused(outcome)
        return connection

    def _refused(self, outcome: Outcome) -> PortalError:
        """Return the error for a bind that the server refuses."""
        if outcome.code == Code.INVALID_CREDENTIALS:
            message = f"{self.endpoint} does not accept the password: {self._said(outcome)}"
            return PortalError(message, f"check `user` and the password from {self.endpoint.auth.source}")
        hint = "use ldaps://, or leave out `startTls: false`" if outcome.code in _ENCRYPT else ""
        return PortalError(f"{self.endpoint} rejected the request: {self._said(outcome)}", hint)

    def _unreachable(self, error: OSError) -> PortalError:
        """Return the error for a server to which nothing could be sent."""
        if certificate := certificate_error(error):
            return errors.untrusted(self.endpoint, certificate)
        timeout = "timeout while connecting" if isinstance(error, TimeoutError) else ""
        reason = known_reason(error) or timeout or error.strerror or type(error).__name__
        hint = _TLS_HINT if is_tls_error(error) else self.endpoint.hints.unreachable
        return errors.unreachable(self.endpoint, reason, hint)

    def _said(self, outcome: Outcome) -> str:
        return f"{self.endpoint.redact(outcome.text)} ({outcome.code})"

"""One connection to a server, which blocks while it waits. No other module uses ldap3."""

import socket
import ssl
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from reconciler.model.secret import SecretText
from reconciler.sources.ldap.address import Address
from reconciler.sources.ldap.counting_socket import CountingSocket
from reconciler.sources.ldap.entries import Entry
from reconciler.sources.ldap.names import parse_name

with warnings.catch_warnings():
    # ldap3 uses names that newer versions of pyasn1 report as outdated.
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3
    from ldap3.core.exceptions import LDAPSessionTerminatedByServerError

T = TypeVar("T")
_START_TLS: Final = "1.3.6.1.4.1.1466.20037"
_PAGED_RESULTS: Final = "1.2.840.113556.1.4.319"
_PAGE_SIZE: Final = 500
_MOST_PAGES: Final = 2_000
# Of one search with all its pages. A member takes about 60 bytes.
_MOST_BYTES: Final = 64 * 1024**2


class Timeouts(msgspec.Struct, frozen=True):
    """How many seconds to wait for a connection, for more of a response, and for a whole request."""

    connect: float = 5.0
    read: float = 60.0
    whole: float = 120.0


class Search(msgspec.Struct, frozen=True):
    """Which entries to return. Without `subtree`, only that of the base."""

    base: str
    filter: str
    attributes: Sequence[str]
    subtree: bool = True


class Outcome(msgspec.Struct, frozen=True):
    """The result code of an operation, and the text of the server about it."""

    code: int
    text: str = ""


class Found(msgspec.Struct, frozen=True):
    """The entries that were found, and the servers that may have more of them."""

    outcome: Outcome
    entries: tuple[Entry, ...] = ()
    references: tuple[str, ...] = ()


class LostConnectionError(Exception):
    """The connection ended before the response was complete."""


class StartTlsRefusedError(Exception):
    """The server does not encrypt this connection; nothing secret was sent."""


class UnexpectedResponseError(Exception):
    """The server does not follow the protocol."""


class LdapConnection:
    """A connection, used by one thread at a time; only `abort` may be called by another one."""

    def __init__(self, address: Address, context: ssl.SSLContext | None, timeouts: Timeouts) -> None:
        self._address = address
        self._context = context
        self._timeouts = timeouts
        self._socket: CountingSocket | None = None
        self._aborted = False
        # The defaults follow referrals to other servers, and change filters and values.
        self._ldap = ldap3.Connection(
            ldap3.Server(address.host, address.port, get_info="NO_INFO"),
            auto_bind="NONE",
            auto_referrals=False,
            auto_range=False,
            check_names=False,
            read_only=True,
            return_empty_attributes=False,
            auto_escape=False,
            auto_encode=False,
        )

    def open(self, user: str, password: SecretText) -> Outcome:
        """Connect, and bind. Raises OSError where there is no connection, and as a request does."""
        try:
            self._connect()
            outcome = self._request(lambda: self._bind(user, password))
        except BaseException:
            self.close()
            raise
        return outcome

    def search(self, search: Search) -> Found:
        """Return all pages (RFC 2696) of a search. Raises LostConnectionError or UnexpectedResponseError."""
        return self._request(lambda: self._search(search))

    def compare(self, dn: str, attribute: str, value: str) -> Outcome:
        """Ask whether an entry has a value. Raises as `search` does."""

        def ask() -> Outcome:
            self._ldap.compare(dn, attribute, value)  # type: ignore[no-untyped-call]
            return self._outcome()

        return self._request(ask)

    def abort(self) -> None:
        """End what another thread waits for."""
        self._aborted = True
        if self._socket is not None:
            self._socket.abort()

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._ldap.strategy.close()
            self._socket.close()
            self._socket = None

    def _connect(self) -> None:
        where = (self._address.host, self._address.port)
        # ldap3 would connect as well, but it hides why that fails.
        raw = socket.create_connection(where, timeout=self._timeouts.connect)
        self._use(raw)
        if self._aborted:
            raise LostConnectionError("the run was stopped")
        raw.settimeout(self._timeouts.read)
        self._ldap.closed = False
        self._ldap.listening = True
        self._ldap.strategy._outstanding = {}  # noqa: SLF001  only opening a connection itself sets it
        if self._context is not None:
            if self._address.encryption == "start-tls":
                self._start_tls()
            # `abort` has to reach the handshake, too.
            wrapped = self._context.wrap_socket(
                raw, server_hostname=self._address.host, do_handshake_on_connect=False
            )
            self._use(wrapped)
            wrapped.do_handshake()

    def _use(self, connected: socket.socket) -> None:
        self._socket = CountingSocket(connected, _MOST_BYTES)
        self._ldap.socket = self._socket

    def _start_tls(self) -> None:
        def ask() -> Outcome:
            self._ldap.extended(_START_TLS)
            return self._outcome()

        outcome = self._request(ask)
        if outcome.code:
            raise StartTlsRefusedError(outcome.text)

    def _bind(self, user: str, password: SecretText) -> Outcome:
        self._ldap.user, self._ldap.authentication = user, "SIMPLE"
        # As bytes: the library would change some characters of a text.
        self._ldap.password = password.reveal().encode()
        try:
            self._ldap.bind(read_server_info=False)
        finally:
            # The library shows it in the text of a connection.
            self._ldap.password = self._ldap.request = None
        return self._outcome()

    def _search(self, search: Search) -> Found:
        entries: list[Entry] = []
        references: list[str] = []
        cookie: bytes | None = None
        for _ in range(_MOST_PAGES):
            self._ldap.search(
                search.base,
                search.filter,
                "SUBTREE" if search.subtree else "BASE",
                "NEVER",
                list(search.attributes),
                time_limit=round(self._timeouts.read) or 1,
                paged_size=_PAGE_SIZE if search.subtree else None,
                paged_cookie=cookie,
            )
            for each in self._ldap.response or ():
                if each["type"] == "searchResEntry":
                    entries.append(_entry(each))
                else:
                    references.extend(each["uri"])
            cookie = self._cookie()
            if not cookie:
                return Found(self._outcome(), tuple(entries), tuple(references))
        raise UnexpectedResponseError(f"more than {_MOST_PAGES:,} pages of one search")

    def _cookie(self) -> bytes | None:
        control = (self._ldap.result.get("controls") or {}).get(_PAGED_RESULTS)
        return control["value"]["cookie"] if control and not self._ldap.result["result"] else None

    def _outcome(self) -> Outcome:
        result: Mapping[str, Any] = self._ldap.result
        return Outcome(int(result["result"]), str(result["message"] or result["description"]))

    def _request(self, work: Callable[[], T]) -> T:
        """Do what sends a request. ldap3 raises errors of many kinds about what servers send."""
        if self._socket is None:
            raise LostConnectionError("the connection is closed")
        counting = self._socket
        counting.received = 0
        try:
            return work()
        except UnexpectedResponseError:
            self.close()
            raise
        except Exception as error:  # noqa: BLE001  not only those of the library
            self.close()
            if counting.failure is not None:
                raise LostConnectionError(str(counting.failure)) from counting.failure
            if counting.received > counting.limit:
                limit = f"more than {counting.limit // 1024**2} MiB in one response"
                raise UnexpectedResponseError(limit) from None
            if isinstance(error, LDAPSessionTerminatedByServerError):
                raise LostConnectionError("the connection was closed before a response came") from None
            # The text of the error may contain what was sent.
            raise UnexpectedResponseError("a message that is not valid LDAP") from None


def _entry(response: Mapping[str, Any]) -> Entry:
    dn = bytes(response["raw_dn"]).decode(errors="replace")
    values = {name.lower(): tuple(each or ()) for name, each in response["raw_attributes"].items()}
    return Entry(dn, parse_name(dn), values)

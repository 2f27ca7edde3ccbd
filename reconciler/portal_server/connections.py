"""HTTP/1.1 with protection against hostile clients: timeouts for each step, and limits for connections.

The server library closes a connection that is idle after a response. But it waits without limit for the rest
of a request, and for clients to receive responses. At its connection limit, it rejects new clients.
"""

from asyncio import TimerHandle, Transport
from ipaddress import ip_address, ip_network
from typing import ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from reconciler.portal_server.seed import ServerOptions

_TWO_LENGTHS: Final = frozenset({b"content-length", b"transfer-encoding"})
_CAN_ANSWER: Final = frozenset({h11.IDLE, h11.SEND_RESPONSE})


class LimitedProtocol(H11Protocol):
    """A connection that is closed if its client exceeds a timeout, or to make room for another one."""

    options: ClassVar[ServerOptions]
    open: ClassVar[set["LimitedProtocol"]]
    # The current step of the connection, and its start time.
    step: object = None
    since = 0.0
    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # uvicorn's
        """Start to wait for a request, and make room if there are too many connections."""
        super().connection_made(transport)
        self.open.add(self)
        self._watch()
        if not self._is_proxy():
            self._make_room(
                {each for each in self.open if each.host == self.host}, self.options.of_one_client
            )
        self._make_room(self.open, self.options.connections)

    def data_received(self, data: bytes) -> None:
        """Receive a part of a request."""
        super().data_received(data)
        self._watch()

    def handle_events(self) -> None:
        """Read requests. One with two lengths is the last, because of request smuggling through proxies."""
        super().handle_events()
        if self.exchange is not None and {name for name, _ in self.headers} >= _TWO_LENGTHS:
            self.exchange.keep_alive = False

    def on_response_complete(self) -> None:
        """Wait until the client has received the response, and for the next request."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Wait until the client receives the sent data."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """Continue to send."""
        super().resume_writing()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_timer()
        self.open.discard(self)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Reject invalid HTTP, instead of any other response."""
        if self.exchange is not None:
            self.exchange.disconnected = True
        if self.conn.our_state in _CAN_ANSWER:
            super().send_400_response(msg)
        else:
            self.transport.abort()

    @property
    def host(self) -> str | None:
        """The client's address."""
        return self.client[0] if self.client else None

    @property
    def exchange(self) -> RequestResponseCycle | None:
        """The last request whose headers were received completely, with its response."""
        return self.cycle

    @property
    def answered(self) -> bool:
        """Whether the last request was answered."""
        return self.exchange is not None and self.exchange.response_complete

    @property
    def awaits_client(self) -> bool:
        """Whether the connection waits for the client, not for the portal."""
        exchange = self.exchange
        return exchange is None or self.answered or exchange.more_body or self.flow.write_paused

    def _is_proxy(self) -> bool:
        try:
            address = ip_address(self.host or "")
        except ValueError:
            return False
        return any(address in ip_network(each) for each in self.options.proxies)

    def _watch(self) -> None:
        """Restart the timeout when another step begins; steps of the portal have no timeout."""
        exchange = self.exchange
        step = (exchange, self.answered, exchange is None or exchange.more_body, self.flow.write_paused)
        if step == self.step:
            return
        self.step, self.since = step, self.loop.time()
        self._stop_timer()
        if self.awaits_client:
            self._timer = self.loop.call_later(self.options.seconds, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _make_room(self, among: set["LimitedProtocol"], most: int) -> None:
        """Close the connection that has waited longest for its client, or this one if no other waits.

        Connections with an earlier response are closed last.
        """
        if len(among) <= most:
            return
        waiting = (each for each in among if each.awaits_client and each is not self)
        victim = min(waiting, key=lambda each: (each.answered, each.since), default=self)
        # The event loop reports the closed connection later; many others can be opened before that.
        self.open.discard(victim)
        victim.transport.abort()


def limited_protocol(options: ServerOptions) -> type[LimitedProtocol]:
    """Return the protocol class for one server."""

    class Limited(LimitedProtocol):
        """The protocol with the options and connections of one server."""

    Limited.options = options
    Limited.open = set()
    return Limited

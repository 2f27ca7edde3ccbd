"""HTTP/1.1 for clients that may mean harm: each step has a time, and who waits makes room for who comes.

The server library closes a connection that is idle after an answer. It waits without end for the rest of a
request, and for a client to take its answer; and at its limit of connections it refuses whoever comes next.
"""

from asyncio import TimerHandle, Transport
from typing import ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from reconciler.portal_server.seed import ServerLimits

_TWO_LENGTHS: Final = frozenset({b"content-length", b"transfer-encoding"})
_CAN_ANSWER: Final = frozenset({h11.IDLE, h11.SEND_RESPONSE})


class LimitedProtocol(H11Protocol):
    """A connection that is ended when its client takes too long over one step, or another needs its place."""

    limits: ClassVar[ServerLimits]
    open: ClassVar[set["LimitedProtocol"]]
    # What the connection does now, and since when.
    step: object = None
    since = 0.0
    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # uvicorn's
        """Begin to wait for a request, and make room where there are too many connections."""
        super().connection_made(transport)
        self.open.add(self)
        self._watch()
        self._make_room({each for each in self.open if each.host == self.host}, self.limits.of_one_client)
        self._make_room(self.open, self.limits.connections)

    def data_received(self, data: bytes) -> None:
        """Take in a piece of a request."""
        super().data_received(data)
        self._watch()

    def handle_events(self) -> None:
        """Read requests. One with two lengths is the last: where it ends, a proxy may see another request."""
        super().handle_events()
        if self.exchange is not None and {name for name, _ in self.headers} >= _TWO_LENGTHS:
            self.exchange.keep_alive = False

    def on_response_complete(self) -> None:
        """Wait for the answer to be taken, and for the next request."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Wait for the client to take what was sent."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """Go on sending."""
        super().resume_writing()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_timer()
        self.open.discard(self)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, in place of any other answer."""
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
        """The last request whose head was received whole, with its answer."""
        return self.cycle

    @property
    def answered(self) -> bool:
        """Whether the last request was answered."""
        return self.exchange is not None and self.exchange.response_complete

    @property
    def awaits_client(self) -> bool:
        """Whether the client has to do something next, and not the portal."""
        exchange = self.exchange
        return exchange is None or self.answered or exchange.more_body or self.flow.write_paused

    def _watch(self) -> None:
        """Begin to count the time anew when another step begins; the portal's own steps have no end."""
        exchange = self.exchange
        step = (exchange, self.answered, exchange is None or exchange.more_body, self.flow.write_paused)
        if step == self.step:
            return
        self.step, self.since = step, self.loop.time()
        self._stop_timer()
        if self.awaits_client:
            self._timer = self.loop.call_later(self.limits.seconds, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _make_room(self, among: set["LimitedProtocol"], most: int) -> None:
        """End the connection that has waited longest for its client; this one where no other waits.

        Connections that have had an answer are ended last.
        """
        if len(among) <= most:
            return
        waiting = (each for each in among if each.awaits_client and each is not self)
        ended = min(waiting, key=lambda each: (each.answered, each.since), default=self)
        # The loop reports its end later, and many connections may be made before that.
        self.open.discard(ended)
        ended.transport.abort()


def limited_protocol(limits: ServerLimits) -> type[LimitedProtocol]:
    """Return the protocol of one server."""

    class Limited(LimitedProtocol):
        """The protocol with one server's limits and connections."""

    Limited.limits = limits
    Limited.open = set()
    return Limited

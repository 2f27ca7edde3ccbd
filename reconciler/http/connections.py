"""Direct connections to a service, each with a pool of its own.

The library's pool looks at each of its connections, and asks the system about each idle one, twice for every
request. With many connections that takes an eighth of the CPU time of an apply.
"""

import ssl
from collections.abc import AsyncIterator
from typing import cast

import httpx2


class Connections(httpx2.AsyncBaseTransport):
    """As many connections as there are requests at once; the one that was used last is used first.

    One that was idle for longer than `idle_seconds` is opened again.
    """

    def __init__(self, verify: ssl.SSLContext, idle_seconds: float) -> None:
        self._verify = verify
        self._limits = httpx2.Limits(max_connections=1, keepalive_expiry=idle_seconds)
        self._idle: list[httpx2.AsyncHTTPTransport] = []
        self._all: list[httpx2.AsyncHTTPTransport] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request on an idle connection, or a new one, which is idle once the response is closed."""
        connection = self._idle.pop() if self._idle else self._new()
        try:
            response = await connection.handle_async_request(request)
        except BaseException:
            self._idle.append(connection)
            raise
        stream = cast("httpx2.AsyncByteStream", response.stream)
        response.stream = _Lent(stream, connection, self._idle)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        for connection in self._all:
            await connection.aclose()

    def _new(self) -> httpx2.AsyncHTTPTransport:
        connection = httpx2.AsyncHTTPTransport(verify=self._verify, trust_env=False, limits=self._limits)
        self._all.append(connection)
        return connection


class _Lent(httpx2.AsyncByteStream):
    """The body of a response, which gives its connection back when it is closed."""

    def __init__(
        self,
        stream: httpx2.AsyncByteStream,
        connection: httpx2.AsyncHTTPTransport,
        idle: list[httpx2.AsyncHTTPTransport],
    ) -> None:
        self._stream, self._connection, self._idle = stream, connection, idle

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._stream)

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            self._idle.append(self._connection)

"""How many connections direct requests open, and which of them are used again."""

import asyncio
import ssl
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx2
import pytest

from reconciler.http.connections import Connections

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Answers when `together` requests wait; not those for /never, and after one for /close it hangs up.

    `served` has the number of requests on each connection, in the order in which they were opened.
    """

    def __init__(self, together: int) -> None:
        self.served: list[int] = []
        self.forgotten = asyncio.Event()
        self.tasks: list[asyncio.Future[None]] = []
        self._waiting = asyncio.Barrier(together)

    def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        place = len(self.served)
        self.served.append(0)
        self.tasks.append(asyncio.ensure_future(self._answer(place, reader, writer)))

    async def _answer(self, place: int, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(IncompleteReadError):
            while not (head := await reader.readuntil(b"\r\n\r\n")).startswith(b"GET /close"):
                self.served[place] += 1
                if head.startswith(b"GET /never"):
                    self.forgotten.set()
                    continue
                await self._waiting.wait()
                writer.write(RESPONSE)
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def connected(
    together: int, idle_seconds: float = 60
) -> AsyncIterator[tuple[httpx2.AsyncClient, Server]]:
    """Serve, and open a client for it."""
    server = Server(together)
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        connections = Connections(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), idle_seconds)
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", transport=connections) as client:
            yield client, server
        await asyncio.gather(*server.tasks)


def test_requests_after_each_other_share_a_connection() -> None:
    async def run() -> tuple[list[bytes], list[int]]:
        async with connected(together=1) as (client, server):
            return [(await client.get("/")).content for _ in range(3)], server.served

    assert asyncio.run(run()) == ([b"{}"] * 3, [3])


def test_requests_at_once_have_a_connection_each_and_share_them_with_later_ones() -> None:
    async def run() -> list[int]:
        async with connected(together=2) as (client, server):
            for _ in range(3):
                await asyncio.gather(client.get("/"), client.get("/"))
            return server.served

    assert asyncio.run(run()) == [3, 3]


def test_a_connection_that_was_idle_for_too_long_is_opened_again() -> None:
    async def run() -> list[int]:
        async with connected(together=1, idle_seconds=-1) as (client, server):
            await client.get("/")
            await client.get("/")
            return server.served

    assert asyncio.run(run()) == [1, 1]


def test_a_request_after_one_without_a_response_has_a_new_connection() -> None:
    async def run() -> list[int]:
        async with connected(together=1) as (client, server):
            with pytest.raises(httpx2.RemoteProtocolError):
                await client.get("/close")
            await client.get("/")
            await client.get("/")
            return server.served

    assert asyncio.run(run()) == [0, 2]


def test_a_request_after_a_cancelled_one_has_a_new_connection() -> None:
    async def run() -> list[int]:
        async with connected(together=1) as (client, server):
            cancelled = asyncio.create_task(client.get("/never"))
            await server.forgotten.wait()
            cancelled.cancel()
            with pytest.raises(asyncio.CancelledError):
                await cancelled
            await client.get("/")
            await client.get("/")
            return server.served

    assert asyncio.run(run()) == [1, 2]

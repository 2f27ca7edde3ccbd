"""Measure HTTP libraries and our client on loopback: requests per second by number of concurrent requests.

The server is a separate process and answers each request after a given delay. `httpx` and `httpx2` are
measured if they are installed. Our client is the one of all adapters, which adapts its concurrency itself.
"""

import argparse
import asyncio
import importlib
import json
import random
import statistics
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from reconciler.http.auth import StaticToken
from reconciler.http.connection import open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.request import Request
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText

LATENCIES: Final = (0, 20, 200)
AT_ONCE: Final = (1, 8, 16, 32, 64)
_BODY: Final = json.dumps({"id": "par_1", "etag": '"1"'}).encode()
_ANSWER: Final = (
    f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(_BODY)}\r\n\r\n".encode()
    + _BODY
)
Ask = Callable[[], Awaitable[object]]


async def serve(milliseconds: int) -> None:
    """Answer each request after a delay, and print the port. Accepts only requests without a body."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(milliseconds / 1000)
                writer.write(_ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@asynccontextmanager
async def served(milliseconds: int) -> AsyncIterator[str]:
    """Run the server in a separate process, and yield its address."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.client", "--serve", str(milliseconds), stdout=PIPE
    )
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(await server.stdout.readline())}"
    finally:
        server.kill()
        await server.wait()


@asynccontextmanager
async def bare(library: Any, url: str, at_once: int) -> AsyncIterator[Ask]:
    """Yield a function that sends one request with a library, over enough connections."""
    limits = library.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with library.AsyncClient(base_url=url, limits=limits, timeout=60, trust_env=False) as client:

        async def ask() -> object:
            return (await client.get("/x")).json()

        yield ask


@asynccontextmanager
async def ours(url: str) -> AsyncIterator[Ask]:
    """Yield a function that sends one request with our client, opened as adapters do."""
    endpoint = Endpoint(name="bench", auth=StaticToken(SecretText("t"), "here"), address=url)
    policy = RetryPolicy(sleep=asyncio.sleep, random=random.random)
    async with open_client(endpoint, policy) as client:

        async def ask() -> object:
            return await client.send(Request(method="GET", path="x"))

        yield ask


async def rate(ask: Ask, at_once: int, seconds: float) -> float:
    """Return the answered requests per second, after the connections were opened."""
    await asyncio.gather(*(ask() for _ in range(at_once)))
    done = 0
    started = time.perf_counter()

    async def work() -> None:
        nonlocal done
        while time.perf_counter() - started < seconds:
            await ask()
            done += 1

    await asyncio.gather(*(work() for _ in range(at_once)))
    return done / (time.perf_counter() - started)


async def measure(name: str, milliseconds: int, at_once: int, seconds: float) -> float:
    """Return one number of the table."""
    async with served(milliseconds) as url:
        opened = ours(url) if name == "ours" else bare(importlib.import_module(name), url, at_once)
        async with opened as ask:
            return await rate(ask, at_once, seconds)


def table(name: str, seconds: float, times: int) -> None:
    """Print the medians of one client."""
    print(f"{name}, requests per second\nlatency  " + "".join(f"{each:>8}" for each in AT_ONCE))
    for milliseconds in LATENCIES:
        found = [
            statistics.median(
                asyncio.run(measure(name, milliseconds, at_once, seconds)) for _ in range(times)
            )
            for at_once in AT_ONCE
        ]
        print(f"{milliseconds:4} ms  " + "".join(f"{each:8,.0f}" for each in found))


def main() -> None:
    """Measure and print, or serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--serve", type=int, metavar="MILLISECONDS")
    arguments = parser.parse_args()
    if arguments.serve is not None:
        asyncio.run(serve(arguments.serve))
        return
    for name in ("httpx", "httpx2", "ours"):
        try:
            if name != "ours":
                importlib.import_module(name)
        except ImportError:
            print(f"{name} is not installed")
            continue
        table(name, arguments.seconds, arguments.times)


if __name__ == "__main__":
    main()

"""Several processes of the portal behind a load balancer, which takes the next process for each request."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any, Final

import httpx2

URL: Final = "https://portal.example"
OPERATOR: Final = "olga@portal.example"
_PROGRAM: Final = """
import json, sys
from reconciler.portal_server import RateLimit, Site, create_app, serve
database, requests = json.loads(sys.argv[1])
limit = RateLimit(requests, seconds=10**9) if requests else None
site = Site(url="https://portal.example", operators=frozenset({"olga@portal.example"}), demo=True)
app = create_app(database, rate_limit=limit, site=site)
serve(app, port=0, ready=lambda url: print(url, flush=True))
"""


class Process:
    """A process that serves the portal."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdout is not None
        self.url = httpx2.URL(process.stdout.readline().strip())

    def kill(self) -> None:
        """End it at once, in the middle of its work."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(timeout=20)


class Balancer(httpx2.AsyncBaseTransport):
    """Send each request to the next process; skip one that accepts no connection.

    A request that may have been received is not repeated: only the client knows whether it may be.
    """

    def __init__(self, processes: list[Process]) -> None:
        self._processes = processes
        self._turn = count()
        self._line = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        for _ in self._processes:
            target = self._processes[next(self._turn) % len(self._processes)].url
            forwarded = httpx2.Request(
                request.method,
                request.url.copy_with(scheme="http", host=target.host, port=target.port),
                headers=request.headers,
                stream=request.stream,
            )
            try:
                return await self._line.handle_async_request(forwarded)
            except httpx2.ConnectError as error:
                refused = error
        raise refused

    async def aclose(self) -> None:
        await self._line.aclose()


@contextmanager
def balanced(database: str, *, processes: int = 2, rate_limit: int = 0) -> Iterator[list[Process]]:
    """Start processes at the same time, which are one portal; end them."""
    command = [sys.executable, "-c", _PROGRAM, json.dumps([database, rate_limit])]
    with ExitStack() as stack:
        started = [
            stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            for _ in range(processes)
        ]
        for each in started:
            stack.callback(each.kill)
        yield [Process(each) for each in started]


def client(processes: list[Process], token: str | None = None, **options: Any) -> httpx2.AsyncClient:
    """Return a client of the load balancer."""
    if token is not None:
        options["headers"] = {"Authorization": f"Bearer {token}"}
    return httpx2.AsyncClient(transport=Balancer(processes), base_url=URL, timeout=60, **options)

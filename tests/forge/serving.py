"""Serving an application on loopback, in a thread beside the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from time import sleep

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.portal_server import clock


class Door:
    """An application that hands on to another one: served once, it is a new forge for each test."""

    def __init__(self, address: str = "") -> None:
        self.address = address
        self.behind: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on."""
        assert self.behind is not None, "nothing stands behind this door"
        await self.behind(scope, receive, send)


def dated(application: ASGIApp) -> ASGIApp:
    """Return an application whose responses have the time of the clock that tests set."""

    async def with_date(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(clock.now(), usegmt=True).encode()
                message = {**message, "headers": [*message.get("headers", []), (b"date", date)]}
            await send(message)

        await application(scope, receive, send_dated)

    return with_date


@contextmanager
def door() -> Iterator[Door]:
    """Serve a door."""
    opened = Door()
    with served(opened) as address:
        opened.address = address
        yield opened


@contextmanager
def served(application: ASGIApp) -> Iterator[str]:
    """Serve an application on a free port, and tell its address."""
    server = uvicorn.Server(
        uvicorn.Config(
            dated(application),
            port=0,
            log_level="critical",
            lifespan="off",
            ws="none",
            loop="asyncio",
            date_header=False,
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join()

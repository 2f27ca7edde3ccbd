"""Serving the portal over HTTP until a signal ends it."""

import signal
from collections.abc import Callable
from contextlib import suppress
from socket import socket

import uvicorn
from starlette.applications import Starlette

_GRACE_SECONDS = 10


class _Server(uvicorn.Server):
    """A server that says where it listens, which with port 0 nobody else knows."""

    ready: Callable[[str], None] | None = None

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.ready and self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self.ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")


def serve(app: Starlette, host: str, port: int, ready: Callable[[str], None] | None) -> None:
    """Serve until SIGTERM or SIGINT; requests that run are finished."""
    # Paths hold invitation codes, hence no access log.
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config)
    server.ready = ready
    # uvicorn raises the signal that ended it once more, at whoever listened before.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with suppress(KeyboardInterrupt):
            server.run()
    finally:
        signal.signal(signal.SIGTERM, before)

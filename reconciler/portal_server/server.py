"""Serving the portal over HTTP until a signal ends it."""

import signal
from collections.abc import Callable
from contextlib import suppress
from math import ceil
from socket import socket
from typing import Final

import uvicorn
from starlette.applications import Starlette

from reconciler.portal_server.connections import limited_protocol
from reconciler.portal_server.seed import ServerLimits

try:
    import resource
except ImportError:  # Windows counts no files.
    resource = None  # type: ignore[assignment]

_GRACE_SECONDS: Final = 10
_MAX_HEAD: Final = 16 * 1024
_BACKLOG: Final = 32
# The loop accepts this often before it has closed the connection that made room.
_ACCEPTS_AHEAD: Final = 4
_OWN_FILES: Final = 64


class _Server(uvicorn.Server):
    """A server that says where it listens, which with port 0 nobody else knows."""

    ready: Callable[[str], None] | None = None

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.ready and self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self.ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")


def serve(
    app: Starlette, address: tuple[str, int], ready: Callable[[str], None] | None, limits: ServerLimits
) -> None:
    """Serve until SIGTERM or SIGINT; requests that run are finished."""
    host, port = address
    # Paths hold invitation codes, hence no access log; and what clients do wrong must not fill the other one.
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=limited_protocol(_affordable(limits)),
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        h11_max_incomplete_event_size=_MAX_HEAD,
        timeout_keep_alive=ceil(limits.seconds),
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


def _affordable(limits: ServerLimits) -> ServerLimits:
    """Return the limits with no more connections than this process may open files."""
    if resource is None:
        return limits
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return limits
    most = max(1, files - _ACCEPTS_AHEAD * _BACKLOG - _OWN_FILES)
    return limits._replace(connections=min(limits.connections, most))

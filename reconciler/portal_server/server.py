"""Serve the portal over HTTP until a signal stops it."""

import signal
from collections.abc import Callable
from contextlib import suppress
from math import ceil
from socket import socket
from typing import Final

import uvicorn
from starlette.applications import Starlette

from reconciler.portal_server import security_log
from reconciler.portal_server.connections import limited_protocol
from reconciler.portal_server.seed import ServerOptions

try:
    import resource
except ImportError:  # Windows has no limit for open files.
    resource = None  # type: ignore[assignment]

_GRACE_SECONDS: Final = 10
_MAX_HEAD: Final = 16 * 1024
_BACKLOG: Final = 32
# The event loop can accept this many connections before it closes the aborted one.
_ACCEPTS_AHEAD: Final = 4
_OWN_FILES: Final = 64


class _Server(uvicorn.Server):
    """A server that reports its address, which is otherwise unknown with port 0."""

    ready: Callable[[str], None] | None = None

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, then report the address."""
        await super().startup(sockets)
        if self.ready and self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self.ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")


def serve(
    app: Starlette, address: tuple[str, int], ready: Callable[[str], None] | None, options: ServerOptions
) -> None:
    """Serve until SIGTERM or SIGINT; running requests are finished."""
    if options.log_events:
        security_log.send_to_stderr()
    host, port = address
    # No access log, because paths contain invitation codes; errors of clients must not fill the error log.
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=limited_protocol(_affordable(options)),
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=bool(options.proxies),
        forwarded_allow_ips=list(options.proxies),
        backlog=_BACKLOG,
        h11_max_incomplete_event_size=_MAX_HEAD,
        timeout_keep_alive=ceil(options.seconds),
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config)
    server.ready = ready
    # uvicorn raises the signal again for the previous handler.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with suppress(KeyboardInterrupt):
            server.run()
    finally:
        signal.signal(signal.SIGTERM, before)


def _affordable(options: ServerOptions) -> ServerOptions:
    """Return the options, reduced to the number of files that the process can open."""
    if resource is None:
        return options
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return options
    most = max(1, files - _ACCEPTS_AHEAD * _BACKLOG - _OWN_FILES)
    return options._replace(connections=min(options.connections, most))

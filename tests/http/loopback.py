"""A real server on loopback that answers everything alike."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import MappingProxyType

Heard = list[tuple[str, str | None]]
JSON = MappingProxyType({"Content-Type": "application/json"})


@contextmanager
def serving(
    heard: Heard,
    *,
    status: int = 200,
    headers: Mapping[str, str] = JSON,
    body: bytes = b"{}",
    tls: Path | None = None,
) -> Iterator[int]:
    """Serve an answer to everything, and note what was asked with which authorization.

    `tls` is the file of a certificate; its key is beside it.
    """

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append((self.path, self.headers["Authorization"]))
            self.send_response_only(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls, tls.with_suffix(".key"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

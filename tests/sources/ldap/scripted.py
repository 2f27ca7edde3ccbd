"""A server that answers the messages of LDAP as a test says, to be as wrong as no real server is."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

BIND: Final = 0x60
SEARCH: Final = 0x63
EXTENDED: Final = 0x77
# The result of each request.
_ANSWERS: Final = {BIND: 0x61, SEARCH: 0x65, EXTENDED: 0x78, 0x6E: 0x6F}
Handler = Callable[[int, int], bytes]


class Scripted:
    """What the server received, and where it is."""

    def __init__(self, port: int) -> None:
        self.url = f"ldap://127.0.0.1:{port}"
        self.received = b""


@contextmanager
def scripted(answer: Handler) -> Iterator[Scripted]:
    """Run a server; `answer` returns the bytes after a message with this number and type of request."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Scripted(listening.getsockname()[1])

        def serve() -> None:
            try:
                while True:
                    _converse(listening.accept()[0], answer, server)
            except OSError:
                pass

        threading.Thread(target=serve, daemon=True).start()
        yield server


def _converse(client: socket.socket, answer: Handler, server: Scripted) -> None:
    with client:
        try:
            while request := client.recv(1024**2):
                server.received += request
                start = 2 + (request[1] & 0x7F if request[1] & 0x80 else 0)
                size = request[start + 1]
                number = int.from_bytes(request[start + 2 : start + 2 + size], "big")
                response = answer(number, request[start + 2 + size])
                client.sendall(response)
                if not response.startswith(b"0"):
                    # A server of another protocol does not wait for more.
                    return
        except OSError:
            pass


def result(number: int, request: int, code: int = 0, text: bytes = b"", controls: bytes = b"") -> bytes:
    """Return the result of a request."""
    body = b"\x0a\x01" + bytes([code]) + b"\x04\x00" + _part(0x04, text)
    return _part(0x30, _part(0x02, number.to_bytes(4, "big")) + _part(_ANSWERS[request], body) + controls)


def next_page() -> bytes:
    """Return the controls of a result that has more pages."""
    cookie = _part(0x30, b"\x02\x01\x00" + _part(0x04, b"more"))
    control = _part(0x30, _part(0x04, b"1.2.840.113556.1.4.319") + _part(0x04, cookie))
    return _part(0xA0, control)


def _part(tag: int, content: bytes) -> bytes:
    return bytes([tag, len(content)]) + content

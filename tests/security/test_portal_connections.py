"""Clients that send half of what they should, or open more connections than they need."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from reconciler.portal_server import issue_token

SERVER = """
import sys
from reconciler.portal_server import ServerLimits, create_app, serve
limits = ServerLimits(float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
serve(create_app(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True), limits=limits)
"""
HEAD = b"POST /apis HTTP/1.1\r\nHost: portal\r\n"
PATIENCE = 30


@contextmanager
def served(
    database: Path, *, seconds: float = 600, connections: int = 400, of_one: int = 100
) -> Iterator[str]:
    """Serve a portal with these limits, and give its URL."""
    limits = map(str, (seconds, connections, of_one))
    command = [sys.executable, "-c", SERVER, str(database), *limits]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def connect(url: str, sent: bytes = b"") -> socket.socket:
    where = urlsplit(url)
    connection = socket.create_connection((where.hostname, where.port), timeout=PATIENCE)
    connection.sendall(sent)
    return connection


def is_ended(connection: socket.socket) -> bool:
    """Wait until the portal ends a connection; a portal that never does is found by the time-out."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def healthy(url: str) -> bool:
    return httpx2.get(f"{url}/health", timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize(
    "half",
    [b"", b"GET /hea", HEAD, HEAD + b"Authorization: Bearer {token}\r\nContent-Length: 100\r\n\r\n{"],
    ids=["nothing", "half a line", "half a head", "half a body"],
)
def test_a_client_cannot_hold_a_connection_with_half_a_request(tmp_path: Path, half: bytes) -> None:
    database = tmp_path / "portal.db"
    token = issue_token(str(database), name="t", scope="admin")
    with (
        served(database, seconds=0.2) as url,
        connect(url, half.replace(b"{token}", token.encode())) as connection,
    ):
        assert is_ended(connection)
        assert healthy(url)


def test_a_client_cannot_starve_the_others_by_many_connections(tmp_path: Path) -> None:
    with served(tmp_path / "portal.db", of_one=3) as url, ExitStack() as stack:
        flood = [stack.enter_context(connect(url, b"GET /hea")) for _ in range(12)]

        # The portal is asked first: once it answers, all that came before it has been taken in.
        assert healthy(url)
        assert all(is_ended(connection) for connection in flood[:9])


def test_all_clients_together_cannot_use_up_the_connections(tmp_path: Path) -> None:
    with served(tmp_path / "portal.db", connections=4) as url, ExitStack() as stack:
        flood = [stack.enter_context(connect(url, b"GET /hea")) for _ in range(12)]

        assert healthy(url)
        assert all(is_ended(connection) for connection in flood[:8])


def test_a_head_that_never_ends_is_refused(tmp_path: Path) -> None:
    endless = b"X-Padding: " + b"x" * 70_000
    with served(tmp_path / "portal.db") as url, connect(url, HEAD) as connection:
        try:
            connection.sendall(endless)
            answer = connection.recv(64)
        except (ConnectionResetError, BrokenPipeError):
            answer = b""

        assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
        assert healthy(url)

"""What a client can do to a served portal: half requests, many connections, answers that nobody takes."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from reconciler.portal_server import issue_token

SERVER = """
import resource, sys
from reconciler.portal_server import ServerOptions, create_app, serve
database, seconds, most, of_one_client, files, *proxies = sys.argv[1:]
if files != "all":
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(files), int(files)))
options = ServerOptions(float(seconds), int(most), int(of_one_client), tuple(proxies))
serve(create_app(database), port=0, ready=lambda url: print(url, flush=True), options=options)
"""
HEAD = (
    "POST /apis HTTP/1.1\r\nHost: portal\r\n"
    "Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n"
)
WHOLE = '{"name": "tracking", "displayName": "Tracking", "owner": "logistics"}'
# Nothing here takes that long: it is there so that a failure ends.
ENOUGH = 60


class Served:
    """A portal in a process of its own, and an administrator's token for it."""

    def __init__(self, url: str, database: str) -> None:
        self.url = url
        host, _, port = url.removeprefix("http://").partition(":")
        self.address = (host, int(port))
        self.token = issue_token(database, name="t", scope="admin")
        self._connections = ExitStack()

    def connect(self) -> socket.socket:
        return self._connections.enter_context(
            closing(socket.create_connection(self.address, timeout=ENOUGH))
        )

    def healthy(self) -> bool:
        return self.ask("/health") == '{"status":"ok"}'

    def ask(self, path: str) -> str:
        """Ask again where this machine was too slow for the little time that the portal gives its clients."""
        headers = {"Authorization": f"Bearer {self.token}"}
        for _ in range(ENOUGH):
            with suppress(httpx2.TransportError):
                return httpx2.get(f"{self.url}{path}", headers=headers, timeout=ENOUGH).text
        return ""

    def close(self) -> None:
        self._connections.close()


@contextmanager
def served(
    folder: Path,
    *,
    seconds: float = ENOUGH,
    most: int = 400,
    of_one_client: int = 100,
    files: str = "all",
    proxies: tuple[str, ...] = (),
) -> Iterator[Served]:
    """Serve a portal with these limits. It writes nothing to stderr, whatever its clients do."""
    database = str(folder / "portal.db")
    options = [str(each) for each in (database, seconds, most, of_one_client, files, *proxies)]
    command = [sys.executable, "-c", SERVER, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            portal = Served(process.stdout.readline().strip(), database)
            with closing(portal):
                yield portal
            process.terminate()
            assert process.wait(timeout=ENOUGH) == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""
        finally:
            process.kill()


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal that waits long for its clients."""
    with served(tmp_path_factory.mktemp("patient")) as portal:
        yield portal


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal that waits for no client."""
    with served(tmp_path_factory.mktemp("impatient"), seconds=0.3) as portal:
        yield portal


def ended(connection: socket.socket) -> bytes:
    """Return what a connection still gives until the portal ends it."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def drips_until_ended(connection: socket.socket, drop: bytes) -> bool:
    """Send a drop every now and then; return whether the portal ended the connection."""
    connection.settimeout(0.02)
    for _ in range(ENOUGH * 50):
        with suppress(TimeoutError):
            try:
                connection.sendall(drop)
                if not connection.recv(65536):
                    return True
            except ConnectionError:
                return True
    return False


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param("", id="nothing"),
        pytest.param("GET /health HTTP/1.1\r\nHost: por", id="half a head"),
        pytest.param(
            "GET /health HTTP/1.1\r\nHost: portal\r\n\r\nGET /health HTTP/1.1\r\n", id="the second head"
        ),
        pytest.param(HEAD + "Content-Length: 100\r\n\r\n" + WHOLE, id="a body that looks complete"),
        pytest.param(HEAD + "Transfer-Encoding: chunked\r\n\r\n45\r\n" + WHOLE, id="half a chunk"),
        pytest.param(
            HEAD.replace("{token}", "x") + "Content-Length: 100\r\n\r\n{{", id="a body of a stranger"
        ),
    ],
)
def test_a_half_request_ends_by_itself_and_does_nothing(impatient: Served, sent: str) -> None:
    connection = impatient.connect()
    connection.sendall(sent.replace("{token}", impatient.token).encode())
    ended(connection)

    assert (impatient.healthy(), impatient.ask("/apis")) == (True, '{"items":[],"total":0,"next":null}')


def test_a_head_that_drips_ends_by_itself(impatient: Served) -> None:
    assert drips_until_ended(impatient.connect(), b"G")
    assert impatient.healthy()


def test_a_body_that_drips_after_its_refusal_ends_by_itself(impatient: Served) -> None:
    connection = impatient.connect()
    connection.sendall(b"POST /apis HTTP/1.1\r\nHost: p\r\nContent-Length: 999999\r\n\r\n")
    assert connection.recv(65536).startswith(b"HTTP/1.1 401")
    assert drips_until_ended(connection, b" ")


def test_a_client_that_takes_no_answers_is_ended(impatient: Served) -> None:
    # The portal reads no further while its answers are not taken, so sending these blocks.
    with pytest.raises(ConnectionError):
        impatient.connect().sendall(b"GET /openapi.json HTTP/1.1\r\nHost: portal\r\n\r\n" * 200_000)

    assert impatient.healthy()


@pytest.mark.parametrize(
    "first",
    [
        b"",
        pytest.param(b"GET / HTTP/1.1\r\nHost: p", marks=pytest.mark.real),
        pytest.param(HEAD.encode() + b"Content-Length: 100\r\n\r\n{", marks=pytest.mark.real),
    ],
)
def test_many_connections_of_one_client_do_not_starve_the_health_check(tmp_path: Path, first: bytes) -> None:
    with served(tmp_path) as portal:
        sent = first.replace(b"{token}", portal.token.encode())
        connections = [portal.connect() for _ in range(256)]
        for connection in connections:
            # Those who came first were ended for those who came later.
            try:
                connection.sendall(sent)
            except ConnectionError:
                continue

        assert portal.healthy()


@pytest.mark.parametrize(("proxies", "kept"), [(("10.0.0.0/8", "127.0.0.1"), 5), (("10.0.0.0/8",), 3)])
def test_a_trusted_proxy_may_have_more_connections_than_a_client(
    tmp_path: Path, proxies: tuple[str, ...], kept: int
) -> None:
    with served(tmp_path, of_one_client=3, proxies=proxies) as portal:
        connections = [portal.connect() for _ in range(5)]
        answers = []
        for connection in connections:
            with suppress(ConnectionError):
                connection.sendall(b"GET /health HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n\r\n")
            answers.append(ended(connection))

        assert sum(b"HTTP/1.1 200" in answer for answer in answers) == kept


def test_many_connections_do_not_use_up_the_files_of_the_portal(tmp_path: Path) -> None:
    with served(tmp_path, of_one_client=10_000, files="256") as portal:
        for _ in range(300):
            portal.connect()

        assert portal.healthy()


def test_the_connection_that_waits_longest_is_ended_first(tmp_path: Path) -> None:
    with served(tmp_path, of_one_client=3) as portal:
        served_before = portal.connect()
        served_before.sendall(b"GET /health HTTP/1.1\r\nHost: portal\r\n\r\n")
        assert served_before.recv(65536).startswith(b"HTTP/1.1 200")
        silent = [portal.connect() for _ in range(4)]

        assert [ended(each) for each in silent[:2]] == [b"", b""]
        for each in (*silent[2:], served_before):
            each.sendall(b"GET /health HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n\r\n")
            assert b"HTTP/1.1 200" in ended(each)


@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 100_000, id="a long header"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000, id="many headers"),
        pytest.param(b"GET /" + b"a" * 100_000, id="a long path"),
        pytest.param(b"\x16\x03\x01" * 10, id="TLS"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no host"),
        pytest.param(
            b"POST /apis HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="no chunk"
        ),
        pytest.param(
            b"POST /apis HTTP/1.1\r\nHost: p\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
            id="two lengths",
        ),
    ],
)
def test_what_is_not_http_is_refused_and_fills_no_log(patient: Served, flood: bytes) -> None:
    connection = patient.connect()
    with suppress(ConnectionError):
        connection.sendall(flood)
    ended(connection)

    assert patient.healthy()


def test_no_request_can_hide_in_the_body_of_another(patient: Served) -> None:
    hidden = "DELETE /lease?id=x HTTP/1.1\r\nHost: portal\r\n\r\n"
    head = "POST /apis HTTP/1.1\r\nHost: portal\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection = patient.connect()
    connection.sendall((head + "0\r\n\r\n" + hidden).encode())

    assert ended(connection).count(b"HTTP/1.1") == 1

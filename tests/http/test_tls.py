"""Certificates, proxies and redirects: whom the token is sent to."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from reconciler.errors import InputError, PortalError
from reconciler.http.auth import StaticToken
from reconciler.http.connection import open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.errors import ApiError
from reconciler.http.request import Request, Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText
from tests.http.scripted import Naps

Heard = list[tuple[str, str | None]]
UNTRUSTED = "its certificate is not trusted: unable to get local issuer certificate"


@contextmanager
def serving(heard: Heard, *, status: int = 200, to: str = "", tls: Path | None = None) -> Iterator[int]:
    """Serve an answer to everything, and note what was asked with which authorization."""

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append((self.path, self.headers["Authorization"]))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if to:
                self.send_header("Location", to)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "server.pem", tls / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(address: str, *, allow_http: bool = False) -> Response:
    where = Endpoint(
        name='portal "staging"',
        auth=StaticToken(SecretText("rpt_secret"), "TOKEN"),
        address=address,
        allow_http=allow_http,
    )

    async def run() -> Response:
        async with open_client(where, RetryPolicy(sleep=Naps(), random=lambda: 1.0)) as client:
            return await client.send(Request(path="portal"))

    return asyncio.run(run())


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate authority and a server that it vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificates")
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    ours = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Our authority"]
    server = ["-keyout", "server.key", "-out", "server.pem", "-subj", "/CN=localhost"]
    names = [
        "-addext",
        "subjectAltName=IP:127.0.0.1,DNS:localhost",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
    ]
    signed = ["-CA", "ca.pem", "-CAkey", "ca.key"]
    others = ["-keyout", "other.key", "-out", "other.pem", "-subj", "/CN=Another authority"]
    for command in ([*new, *ours], [*new, *others], [*new, *server, *names, *signed]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def test_an_authority_that_the_environment_names_is_trusted(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: Heard = []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    with serving(heard, tls=certificates) as port:
        answer = ask(f"https://localhost:{port}")

    assert (answer.status, heard) == (200, [("/portal", "Bearer rpt_secret")])


def test_whom_nobody_vouches_for_gets_no_token_and_the_way_out_is_told(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: Heard = []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "other.pem"))
    with serving(heard, tls=certificates) as port, pytest.raises(PortalError) as raised:
        ask(f"https://localhost:{port}")

    assert (raised.value.message, raised.value.hint, heard) == (
        f'portal "staging" at https://localhost:{port} cannot be reached: {UNTRUSTED}',
        "if your own authority signed it, set SSL_CERT_FILE to the certificate of that authority",
        [],
    )


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("missing.pem", "No such file or directory"),
        ("", "Is a directory"),
        ("text.pem", "no certificate found in it"),
    ],
)
def test_authorities_that_cannot_be_read_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, why: str
) -> None:
    (tmp_path / "text.pem").write_text("This is no certificate.")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / named))

    with pytest.raises(InputError) as raised:
        ask("https://portal.example")

    assert (raised.value.message, raised.value.hint) == (
        f'portal "staging": the certificates from SSL_CERT_FILE cannot be read: {why}',
        "set it to a file of certificates in PEM format",
    )


def test_a_proxy_that_cannot_be_used_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "foo://ana:secret@proxy.example")

    with pytest.raises(InputError) as raised:
        ask("https://portal.example")

    assert (raised.value.message, raised.value.hint) == (
        'portal "staging": the proxy from the environment cannot be used',
        "set HTTPS_PROXY, HTTP_PROXY and ALL_PROXY to http://HOST:PORT; SOCKS is not supported",
    )


def test_a_redirect_never_takes_the_token_along() -> None:
    elsewhere: Heard = []
    with (
        serving(elsewhere) as other,
        serving([], status=302, to=f"http://127.0.0.1:{other}/") as port,
        pytest.raises(ApiError),
    ):
        ask(f"http://127.0.0.1:{port}")

    assert elsewhere == []


def test_a_proxy_of_the_environment_is_used_for_others_and_not_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxied: Heard = []
    direct: Heard = []
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(proxied) as proxy, serving(direct) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy}")
        ask("http://portal.example", allow_http=True)
        ask(f"http://127.0.0.1:{port}")

    assert ([path for path, _ in proxied], [path for path, _ in direct]) == (
        ["http://portal.example/portal"],
        ["/portal"],
    )

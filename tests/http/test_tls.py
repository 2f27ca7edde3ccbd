"""Certificates, proxies and redirects: whom the token is sent to."""

import asyncio
from pathlib import Path

import pytest

from reconciler.errors import InputError, PortalError
from reconciler.http.auth import StaticToken
from reconciler.http.connection import open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.errors import ApiError
from reconciler.http.request import Request, Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText
from tests.http.certificates import authority, server
from tests.http.loopback import Heard, serving
from tests.http.scripted import Naps

UNTRUSTED = "its certificate is not trusted: unable to get local issuer certificate"


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
    folder = tmp_path_factory.mktemp("certificates")
    authority(folder)
    server(folder)
    return folder


def test_an_authority_that_the_environment_names_is_trusted(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: Heard = []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    with serving(heard, tls=certificates / "server.pem") as port:
        answer = ask(f"https://localhost:{port}")

    assert (answer.status, heard) == (200, [("/portal", "Bearer rpt_secret")])


def test_whom_nobody_vouches_for_gets_no_token_and_the_way_out_is_told(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: Heard = []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "other.pem"))
    with serving(heard, tls=certificates / "server.pem") as port, pytest.raises(PortalError) as raised:
        ask(f"https://localhost:{port}")

    assert (raised.value.message, raised.value.hint, heard) == (
        f'portal "staging" at https://localhost:{port} cannot be reached: {UNTRUSTED}',
        "if your own authority signed it, set SSL_CERT_FILE to the certificate of that authority",
        [],
    )


def test_a_server_without_tls_is_named_with_what_to_check() -> None:
    heard: Heard = []
    with serving(heard) as port, pytest.raises(PortalError) as raised:
        ask(f"https://127.0.0.1:{port}")

    assert (raised.value.message, raised.value.hint, heard) == (
        (
            f'portal "staging" at https://127.0.0.1:{port} cannot be reached:'
            " the server does not speak TLS at this address"
        ),
        "check scheme and port of the address: it may be http://, or another port",
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
        serving([], status=302, headers={"Location": f"http://127.0.0.1:{other}/"}) as port,
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

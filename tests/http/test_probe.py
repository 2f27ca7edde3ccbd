"""What one request without credentials finds out about a server, on real connections."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from reconciler.errors import InputError
from reconciler.http.probe import Probe
from reconciler.model.health import CheckResult
from reconciler.workflow.checks import CheckRunner
from tests.http.certificates import authority, self_signed_server, server
from tests.http.loopback import Heard, serving

NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
DATE = "Tue, 24 Nov 2026 04:30:00 GMT"
NETWORK = "check the address in the configuration, the network and the proxy (HTTPS_PROXY)"
PORT = "check scheme and port of the address: it may be http://, or another port"
SYNCHRONIZE = "synchronize the clock of this machine (NTP), or report it to the operator of the service"
AUTHORITY = "if your own authority signed it, set SSL_CERT_FILE to the certificate of that authority"
SELF_SIGNED = (
    "if the service has signed its certificate itself, set SSL_CERT_FILE to that certificate;"
    " otherwise another server answers at this address"
)
WITHOUT_TLS = CheckResult("ok", "connected, but without TLS nothing is sent")


def probed(address: str, now: datetime = NOW, timeout: float = 15) -> dict[str, CheckResult]:
    """Return what the checks find, by name."""
    runner = CheckRunner()
    asyncio.run(runner.run(Probe(address, lambda: now, timeout).checks()))
    return {each.name: CheckResult(each.status, each.detail, each.hint) for each in runner.reports}


@contextmanager
def answering(reply: bytes, *, waits: bool) -> Iterator[int]:
    """Accept one connection and send bytes that are not HTTP; then close it or wait."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(reply)
                if waits:
                    connection.recv(1000)

        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an authority, and servers with all kinds of certificates."""
    folder = tmp_path_factory.mktemp("certificates")
    authority(folder)
    server(folder)
    server(folder, "expired", end="20200201000000Z")
    server(folder, "future", start="20980101000000Z")
    server(folder, "name", names="DNS:other.example")
    self_signed_server(folder, "self")
    return folder


def test_a_server_that_answers_is_reachable_and_gets_no_credentials() -> None:
    heard: Heard = []
    with serving(heard, status=404, headers={"Date": DATE}) as port:
        found = probed(f"http://127.0.0.1:{port}/base")

    assert (found, heard) == (
        {
            "reachable": CheckResult("ok", "responds (404 Not Found)"),
            "tls": CheckResult("ok", "not encrypted, but within this machine"),
            "clock": CheckResult("ok", "as this machine's"),
        },
        [("/base", None)],
    )


def test_a_name_without_an_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    found = probed("https://portal.example")

    assert found == {
        "reachable": CheckResult("failed", "the host name cannot be resolved", NETWORK),
        "tls": CheckResult("skipped", "not checked, because the check `reachable` failed"),
        "clock": CheckResult("skipped", "not checked, because the check `reachable` failed"),
    }


def test_a_port_without_a_server_is_told() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        found = probed(f"http://127.0.0.1:{reserved.getsockname()[1]}")

    assert found["reachable"] == CheckResult("failed", "connection refused", NETWORK)


@pytest.mark.parametrize(
    ("reply", "waits", "detail"),
    [
        (b"", True, "timeout while waiting for a response"),
        (b"", False, "Server disconnected without sending a response."),
        (b"220 mail.example ESMTP\r\n\r\n", True, "the server does not speak HTTP at this address"),
    ],
)
def test_a_server_that_sends_no_http_is_told(reply: bytes, waits: bool, detail: str) -> None:  # noqa: FBT001  a row of the table
    with answering(reply, waits=waits) as port:
        found = probed(f"http://127.0.0.1:{port}", timeout=0.2)

    assert found["reachable"] == CheckResult("failed", detail, NETWORK)


def test_a_server_without_tls_is_told() -> None:
    with serving([]) as port:
        found = probed(f"https://127.0.0.1:{port}")

    assert found == {
        "reachable": WITHOUT_TLS,
        "tls": CheckResult("failed", "the server does not speak TLS at this address", PORT),
        "clock": CheckResult("skipped", "not checked, because the check `tls` failed"),
    }


@pytest.mark.parametrize(
    ("certificate", "reason", "hint"),
    [
        (
            "expired",
            "certificate has expired",
            "check the clock of this machine; the operator of the service has to renew the certificate",
        ),
        (
            "future",
            "certificate is not yet valid",
            "check the clock of this machine, and when the certificate begins to be valid",
        ),
        (
            "name",
            "IP address mismatch, certificate is not valid for '127.0.0.1'.",
            "use the host name instead of the IP address",
        ),
        (
            "self",
            "self-signed certificate",
            SELF_SIGNED,
        ),
    ],
)
def test_a_certificate_that_is_not_trusted_is_told_with_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, certificate: str, reason: str, hint: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    heard: Heard = []
    with serving(heard, tls=folder / f"{certificate}.pem") as port:
        found = probed(f"https://127.0.0.1:{port}")

    assert (found, heard) == (
        {
            "reachable": WITHOUT_TLS,
            "tls": CheckResult("failed", f"the certificate is not trusted: {reason}", hint),
            "clock": CheckResult("skipped", "not checked, because the check `tls` failed"),
        },
        [],
    )


def test_another_host_name_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    with serving([], tls=folder / "name.pem") as port:
        found = probed(f"https://localhost:{port}")

    assert found["tls"] == CheckResult(
        "failed",
        "the certificate is not trusted: Hostname mismatch, certificate is not valid for 'localhost'.",
        "use a host name of the certificate in the address",
    )


def test_an_unknown_authority_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "other.pem"))
    with serving([], tls=folder / "server.pem") as port:
        found = probed(f"https://localhost:{port}")

    assert found["tls"] == CheckResult(
        "failed", "the certificate is not trusted: unable to get local issuer certificate", AUTHORITY
    )


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2099, 12, 17, tzinfo=UTC), None),
        (datetime(2099, 12, 17, 0, 1, tzinfo=UTC), "13 days"),
        (datetime(2099, 12, 29, 12, tzinfo=UTC), "1 day"),
    ],
)
def test_the_end_of_a_certificate_is_told_and_warned_about(
    folder: Path, monkeypatch: pytest.MonkeyPatch, now: datetime, left: str | None
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    with serving([], tls=folder / "server.pem") as port:
        found = probed(f"https://localhost:{port}", now)

    detail = "verified, TLSv1.3, the certificate ends on 2099-12-31"
    assert found["tls"] == (
        CheckResult("warning", f"{detail}, in {left}", "have the certificate renewed before its end")
        if left
        else CheckResult("ok", detail)
    )


def test_an_environment_that_cannot_be_used_is_an_error_of_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    runner = CheckRunner()
    asyncio.run(runner.run(Probe("https://localhost:1", lambda: NOW).checks()))

    assert [(each.status, each.exit_code) for each in runner.reports] == [
        ("failed", InputError.exit_code),
        ("skipped", 0),
        ("skipped", 0),
    ]
    assert "SSL_CERT_FILE" in runner.reports[0].detail


@pytest.mark.parametrize(
    ("ahead", "status", "detail"),
    [
        (0, "ok", "as this machine's"),
        (-1, "ok", "as this machine's"),
        (60, "ok", "this machine's clock is 60 seconds ahead"),
        (-61, "warning", "this machine's clock is 61 seconds behind"),
        (300, "warning", "this machine's clock is 300 seconds ahead"),
        (-301, "failed", "this machine's clock is 301 seconds behind"),
        (86400, "failed", "this machine's clock is 86,400 seconds ahead"),
    ],
)
def test_clocks_that_differ_are_told(ahead: int, status: str, detail: str) -> None:
    with serving([], headers={"Date": DATE}) as port:
        found = probed(f"http://127.0.0.1:{port}", NOW + timedelta(seconds=ahead))

    hint = "" if status == "ok" else SYNCHRONIZE
    assert (found["clock"].status, found["clock"].detail, found["clock"].hint) == (status, detail, hint)


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}])
def test_without_a_date_no_clock_is_compared(headers: dict[str, str]) -> None:
    with serving([], headers=headers) as port:
        found = probed(f"http://127.0.0.1:{port}")

    assert found["clock"] == CheckResult("skipped", "the response has no valid Date")


@pytest.mark.parametrize(
    ("target", "result"),
    [
        ("/login", CheckResult("ok", "responds (302 Found)")),
        (
            "https://login.example/?from=portal",
            CheckResult(
                "warning",
                "redirects to https://login.example/?from=portal",
                "redirects are not followed: set the final address in the configuration",
            ),
        ),
        (
            "http://[",
            CheckResult(
                "warning",
                "redirects to http://[",
                "redirects are not followed: set the final address in the configuration",
            ),
        ),
    ],
)
def test_a_redirect_to_another_address_is_told_and_not_followed(target: str, result: CheckResult) -> None:
    heard: Heard = []
    with serving(heard, status=302, headers={"Location": target}) as port:
        found = probed(f"http://127.0.0.1:{port}/")

    assert (found["reachable"], heard) == (result, [("/", None)])


def test_a_connection_that_others_can_read_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with serving([]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy}")
        found = probed("http://portal.example")

    assert found["tls"] == CheckResult(
        "warning", "not encrypted: anyone on the way can read the credentials", "use https://"
    )


def test_a_proxy_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://ana:s3cret@127.0.0.1:{reserved.getsockname()[1]}")
        found = probed("https://portal.example")

    assert found["reachable"] == CheckResult("failed", "connection refused", NETWORK)

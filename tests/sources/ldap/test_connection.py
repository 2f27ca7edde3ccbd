"""How the adapter connects, and what it says where it cannot; on real servers."""

import asyncio
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import InputError, PortalError, ReconcilerError
from reconciler.http.auth import SecretInBody
from reconciler.http.endpoint import Endpoint
from reconciler.model.directory import GroupAnswer
from reconciler.model.secret import SecretText
from reconciler.sources.ldap.address import Address
from reconciler.sources.ldap.connection import Timeouts
from reconciler.sources.ldap.session import LdapSession, Server
from tests.http import certificates
from tests.servers.process import free_port
from tests.servers.slapd import PASSWORD, READER, SlapdServer, running_slapd
from tests.sources.ldap.company import RETRIES, Company, opened


def failed(company: Company, password: str = PASSWORD, **changes: Any) -> tuple[str, str]:
    """Return message and hint of the error of a read."""

    async def run() -> Mapping[str, GroupAnswer]:
        async with opened(company.settings(**changes), password) as directory:
            return await directory.read(["developers"], lambda *_: None)

    with pytest.raises(ReconcilerError) as raised:
        asyncio.run(run())
    return raised.value.message, raised.value.hint


def test_start_tls_encrypts_a_plain_address(company: Company) -> None:
    company.group("developers", company.person("ana"))

    assert company.addresses("developers", url=company.server.plain) == ["ana@acme.example"]


def test_start_tls_verifies_the_certificate(company: Company) -> None:
    message, _ = failed(company, url=company.server.plain, caFile=str(company.server.folder / "other.pem"))

    assert message == (
        f'source "people" at {company.server.plain} cannot be reached: its certificate is not trusted:'
        " unable to get local issuer certificate"
    )


def test_this_machine_can_be_asked_without_encryption(company: Company) -> None:
    company.group("developers", company.person("ana"))

    found = company.addresses("developers", url=company.server.plain, startTls=False)

    assert found == ["ana@acme.example"]


def test_a_certificate_of_an_unknown_authority_is_refused(company: Company) -> None:
    message, hint = failed(company, caFile=str(company.server.folder / "other.pem"))

    assert message == (
        f'source "people" at {company.server.url} cannot be reached: its certificate is not trusted:'
        " unable to get local issuer certificate"
    )
    assert hint == "if your own authority signed it, set SSL_CERT_FILE to the certificate of that authority"


@pytest.mark.parametrize(
    ("certificate", "why"),
    [
        ({"start": "20200101000000Z", "end": "20210101000000Z"}, "certificate has expired"),
        ({"names": "DNS:ldap.example.com"}, "IP address mismatch, certificate is not valid for '127.0.0.1'."),
    ],
)
def test_a_certificate_that_does_not_fit_is_refused(
    tmp_path: Path, slapd_server: SlapdServer, certificate: dict[str, str], why: str
) -> None:
    certificates.authority(tmp_path)
    certificates.server(tmp_path, **certificate)
    with running_slapd(tmp_path) as server:
        message, _ = failed(Company(server))

    assert message == (
        f'source "people" at {server.url} cannot be reached: its certificate is not trusted: {why}'
    )
    assert slapd_server.url != server.url


def test_a_wrong_password_is_named_by_its_source(company: Company) -> None:
    assert failed(company, "wrong-password") == (
        f'source "people" at {company.server.url} does not accept the password: invalidCredentials (49)',
        "check `user` and the password from PORTAL_LDAP",
    )


def test_an_empty_password_is_no_anonymous_login(company: Company) -> None:
    message, hint = failed(company, " \n")

    assert (message, hint) == (
        'source "people": PORTAL_LDAP is empty',
        f"set it to the password of {READER}",
    )


def test_a_base_that_does_not_exist_is_an_error(company: Company) -> None:
    message, hint = failed(company, base=f"ou=nothing,{company.base}")

    assert message == (
        f'source "people" at {company.server.url}: the base "ou=nothing,{company.base}" cannot be read:'
        " there is no such entry, or the account may not see it"
    )
    assert hint == "check `base`, `userBase` and the rights of the account"


def test_a_server_that_is_not_there(company: Company) -> None:
    url = f"ldaps://127.0.0.1:{free_port()}"

    assert failed(company, url=url) == (
        f'source "people" at {url} cannot be reached: connection refused',
        f"check the url in the configuration, and whether {url} can be reached from here",
    )


def test_a_port_without_tls(company: Company) -> None:
    url = company.server.plain.replace("ldap:", "ldaps:")

    message, hint = failed(company, url=url)

    assert message.startswith(f'source "people" at {url} cannot be reached: ')
    assert hint == "check scheme and port of the address: it may be ldap://, or another port"


def test_a_server_that_stops_in_the_middle_ends_the_read(tmp_path: Path, slapd_server: SlapdServer) -> None:
    certificates.authority(tmp_path)
    certificates.server(tmp_path)
    with running_slapd(tmp_path) as server:
        company = Company(server)
        company.group("developers", "ana", company.person("ana"), kind="posixGroup")

        async def run() -> None:
            async with opened(company.settings()) as directory:
                await directory.read(["developers"], lambda *_: None)
                server.stop()
                await directory.read(["developers"], lambda *_: None)

        with pytest.raises(PortalError) as raised:
            asyncio.run(run())

    # While it ends, the system may still accept a connection.
    assert raised.value.message.startswith(f'source "people" at {server.url} cannot be reached: ')
    assert slapd_server.url != server.url


def test_a_lost_connection_is_opened_again(company: Company) -> None:
    company.group("developers", company.person("ana"))

    async def run() -> Mapping[str, GroupAnswer]:
        with relayed(company.server.plain, requests=4) as url:
            settings = company.settings(url=url, startTls=False)
            async with opened(settings) as directory:
                return await directory.read(["developers"], lambda *_: None)

    [answer] = asyncio.run(run()).values()

    assert (answer.completeness, [each.email for each in answer.people]) == ("complete", ["ana@acme.example"])


@contextmanager
def relayed(url: str, requests: int) -> Iterator[str]:
    """Forward connections to a server; the first one ends after some requests."""
    target = ("127.0.0.1", int(url.rpartition(":")[2]))
    left = [requests]

    def forward(server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while response := server.recv(65_536):
                client.sendall(response)

    def serve(client: socket.socket) -> None:
        with client, socket.create_connection(target) as server:
            threading.Thread(target=forward, args=(server, client), daemon=True).start()
            while request := client.recv(65_536):
                if left[0] == 0:
                    left[0] = -1
                    return
                left[0] -= 1
                server.sendall(request)

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            try:
                while True:
                    serve(listening.accept()[0])
            except OSError:
                pass

        threading.Thread(target=accept, daemon=True).start()
        yield f"ldap://127.0.0.1:{listening.getsockname()[1]}"


def silent(timeouts: Timeouts, work: Any) -> Any:
    """Run work with a session to a server that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        password = SecretText(PASSWORD)
        endpoint = Endpoint(name='source "people"', auth=SecretInBody(password, "PORTAL_LDAP"))
        address = Address("127.0.0.1", port, "none")
        session = LdapSession(Server(endpoint, address, READER, password, None, timeouts), RETRIES)
        return asyncio.run(work(session))


@pytest.mark.parametrize(
    ("timeouts", "why"),
    [
        (Timeouts(read=0.05), "timed out"),
        (Timeouts(whole=0.05), "timeout while connecting"),
    ],
)
def test_a_server_that_says_nothing_ends_at_a_deadline(timeouts: Timeouts, why: str) -> None:
    async def read(session: LdapSession) -> None:
        await session.read("", [])

    with pytest.raises(PortalError, match=why):
        silent(timeouts, read)


def test_a_run_that_is_stopped_does_not_wait_for_the_server() -> None:
    async def stop(session: LdapSession) -> bool:
        task = asyncio.create_task(session.read("", []))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert silent(Timeouts(), stop)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ldap://ldap.example.com", None),
        ("ldaps://user@ldap.example.com", "the URL may contain only host and port"),
        ("ldaps://ldap.example.com/dc=example", "the URL may contain only host and port"),
        ("ldaps://ldap.example.com:port", "invalid URL: Port could not be cast to integer value as 'port'"),
    ],
)
def test_an_address_that_cannot_be_used(company: Company, url: str, message: str | None) -> None:
    async def run() -> None:
        async with opened(company.settings(url=url)):
            pass

    if message is None:
        asyncio.run(run())
        return
    with pytest.raises(InputError) as raised:
        asyncio.run(run())
    assert raised.value.message == f'source "people": {message}'


@pytest.mark.parametrize("key", ["base", "userBase", "placeholders"])
def test_a_text_that_is_not_a_dn(company: Company, key: str) -> None:
    changes: dict[str, Any] = {key: ["example.com"] if key == "placeholders" else "example.com"}

    assert failed(company, **changes) == (
        f'source "people": {key} "example.com" is not a DN: it has no attribute type',
        "write it as dc=example,dc=com",
    )


def test_without_the_library_the_error_says_what_to_install(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.sources.ldap.find_spec", lambda _: None)

    assert failed(company) == (
        'source "people" needs the package ldap3',
        'install the extra: pip install "reconciler[ldap]"',
    )


def test_several_questions_at_once_share_one_connection(company: Company) -> None:
    ana = company.person("ana")
    company.group("developers", ana)
    company.group("others", "ana", kind="posixGroup")
    key = company.id(ana)

    async def run() -> list[Mapping[str, str]]:
        async with opened(company.settings()) as directory:
            groups = ("developers", "others", "developers")
            return list(await asyncio.gather(*(directory.confirm(each, [key]) for each in groups)))

    assert asyncio.run(run()) == [{key: "member"}] * 3


def test_a_password_may_have_any_characters(company: Company) -> None:
    password = "p\u00e4ss \ufb01 \u00a0 w\u00f6rd"
    user = f"cn=reader,{company.base}"
    company.entry(
        user,
        "objectClass: organizationalRole",
        "objectClass: simpleSecurityObject",
        "cn: reader",
        f"userPassword:: {b64encode(password.encode()).decode()}",
    )

    async def run() -> GroupAnswer:
        async with opened(company.settings(user=user), password) as directory:
            return (await directory.read(["developers"], lambda *_: None))["developers"]

    assert asyncio.run(run()).completeness == "absent"

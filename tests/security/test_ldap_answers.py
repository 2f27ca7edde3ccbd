"""An LDAP directory, or a person in it, that wants other people in a team, or our password."""

import asyncio
import traceback
from collections.abc import Mapping
from typing import Any, Final

import pytest

from reconciler.errors import InputError, PortalError, ReconcilerError
from reconciler.model.directory import GroupAnswer
from reconciler.model.directory_settings import LdapSource
from reconciler.sources.ldap import connection
from tests.servers.slapd import SlapdServer
from tests.sources.ldap.company import Company, opened
from tests.sources.ldap.scripted import BIND, EXTENDED, SEARCH, Handler, next_page, result, scripted

PASSWORD: Final = "hunter2-of-the-directory"


@pytest.fixture
def company(slapd_server: SlapdServer) -> Company:
    return Company(slapd_server)


def test_the_name_of_a_group_cannot_change_the_search(company: Company) -> None:
    company.group("developers", company.person("ana"))
    names = (
        "*",
        "*)(uid=*",
        "developers)(cn=*",
        "\\2a",
        "devel*",
        "developers\x00",
        "(cn=developers)",
        " ",
        "&",
    )

    found = company.read(*names)

    assert {name: (each.completeness, each.people) for name, each in found.items()} == dict.fromkeys(
        names, ("absent", ())
    )


def test_the_dn_of_a_group_cannot_change_the_search(company: Company) -> None:
    company.group("developers", company.person("ana"))
    rdns = ("cn=*", "cn=developers\\2a", "cn=developers)(uid=*", "uid=x,ou=groups")

    found = company.read(*(f"{rdn},{company.base}" for rdn in rdns))

    assert {(each.completeness, each.people) for each in found.values()} == {("absent", ())}


def test_a_dn_outside_of_the_base_is_only_a_name(company: Company, slapd_server: SlapdServer) -> None:
    other = Company(slapd_server)
    dn = other.group("developers", other.person("eve"))

    assert company.read(dn)[dn].completeness == "absent"


def test_a_login_in_a_group_cannot_name_other_people(company: Company) -> None:
    company.person("ana")
    company.group("developers", "*", "*)(mail=*", "a*", "ana)(uid=*", kind="posixGroup")

    [answer] = company.read("developers").values()

    assert (answer.completeness, answer.people) == ("partial", ())


def test_an_identity_in_the_lock_cannot_name_other_people(company: Company) -> None:
    company.group("developers", company.person("ana", "employeeNumber: 7"))
    identities = ("*", "*)(uid=*", "", "7)(employeeNumber=*")

    assert company.confirm("developers", *identities, id="employeeNumber") == ["left"] * len(identities)


def test_a_member_of_another_subtree_is_not_in_a_team(company: Company, slapd_server: SlapdServer) -> None:
    eve = Company(slapd_server).person("eve")
    company.group("developers", company.person("ana"), eve)

    [answer] = company.read("developers").values()

    assert (answer.completeness, [each.email for each in answer.people]) == ("partial", ["ana@acme.example"])


def test_messages_show_no_control_characters_of_the_directory(company: Company) -> None:
    hidden = f"cn=a\\1b[31m\\0a::error::b,{company.base}"
    company.group("developers", hidden)

    [answer] = company.read("developers").values()

    assert answer.completeness == "partial"
    assert answer.reason.isprintable()


def settings(url: str, **changes: Any) -> LdapSource:
    values = {
        "type": "ldap",
        "url": url,
        "base": "dc=example",
        "user": "cn=r",
        "password": {"env": "PORTAL_LDAP"},
    }
    return LdapSource.model_validate({**values, "startTls": False, **changes})


def read(source: LdapSource) -> Mapping[str, GroupAnswer]:
    async def run() -> Mapping[str, GroupAnswer]:
        async with opened(source, PASSWORD) as directory:
            return await directory.read(["developers"], lambda *_: None)

    return asyncio.run(run())


def failure(answer: Handler, caplog: pytest.LogCaptureFixture, **changes: Any) -> str:
    """Return the message of the error, after a look for the password in all that is shown or logged."""
    with caplog.at_level("DEBUG"), scripted(answer) as server, pytest.raises(ReconcilerError) as raised:
        read(settings(server.url, **changes))
    everything = "".join(traceback.format_exception(raised.value)) + raised.value.hint + caplog.text
    assert PASSWORD not in everything
    assert repr(PASSWORD.encode()) not in everything
    return raised.value.message.replace(server.url, "URL")


def test_an_error_that_repeats_the_password_does_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(number: int, request: int) -> bytes:
        return result(number, request, 49, f"wrong: {PASSWORD}".encode())

    assert failure(refuse, caplog) == ('source "people" at URL does not accept the password: wrong: ••• (49)')


@pytest.mark.parametrize(
    "answer",
    [
        b"0\x03\x02\x01\x01",
        b"0\x05\x02\x01\x01a\x00",
        b"\x00" * 40,
        b"0\x84\x00\x00\x00\x02\x05\x00",
    ],
)
def test_what_is_not_ldap_is_an_error(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert failure(lambda *_: answer, caplog) == (
        'source "people" at URL sent an unexpected response: a message that is not valid LDAP'
    )


def test_an_answer_to_another_request_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    def shifted(number: int, request: int) -> bytes:
        return result(number + 1, request)

    assert failure(shifted, caplog) == (
        'source "people" at URL sent an unexpected response: a message that is not valid LDAP'
    )


def test_an_answer_without_end_is_an_error(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_MOST_BYTES", 1024**2)

    def endless(number: int, request: int) -> bytes:
        return result(number, request) if request == BIND else b"0\x84\x7f\xff\xff\xff" + bytes(2 * 1024**2)

    assert failure(endless, caplog) == (
        'source "people" at URL sent an unexpected response: more than 1 MiB in one response'
    )


def test_pages_without_end_are_an_error(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_MOST_PAGES", 3)

    def endless(number: int, request: int) -> bytes:
        return result(number, request, controls=next_page() if request == SEARCH else b"")

    assert failure(endless, caplog) == (
        'source "people" at URL sent an unexpected response: more than 3 pages of one search'
    )


@pytest.mark.parametrize("code", [1, 2, 52])
def test_the_password_is_not_sent_where_encryption_is_refused(
    code: int, caplog: pytest.LogCaptureFixture
) -> None:
    received = []

    def refuse(number: int, request: int) -> bytes:
        received.append(request)
        return result(number, request, code, b"no")

    assert (
        failure(refuse, caplog, startTls=True) == 'source "people" at URL does not encrypt the connection: no'
    )
    assert set(received) == {EXTENDED}


def test_answers_before_encryption_are_not_believed(caplog: pytest.LogCaptureFixture) -> None:
    def inject(number: int, request: int) -> bytes:
        return result(number, request) + result(number + 1, BIND)

    message = failure(inject, caplog, startTls=True)

    assert message == 'source "people" at URL sent an unexpected response: a message that is not valid LDAP'


def test_a_login_that_refers_to_another_server_is_not_followed(caplog: pytest.LogCaptureFixture) -> None:
    with scripted(result) as other:
        message = failure(lambda number, request: result(number, request, 10, other.url.encode()), caplog)

    assert message == f'source "people" at URL rejected the request: {other.url} (10)'
    assert other.received == b""


@pytest.mark.parametrize("url", ["ldap://ldap.example.com", "ldap://127.0.0.1.example.com", "ldap://[::2]"])
def test_a_password_is_not_sent_unencrypted_to_another_machine(url: str) -> None:
    with pytest.raises(InputError) as raised:
        read(settings(url))

    assert raised.value.message == f'source "people": the password would be sent unencrypted to {url}'
    assert raised.value.hint == (
        "use ldaps://, leave out `startTls: false`, or set `allowPlain: true` beside the url"
    )


def test_a_file_of_authorities_has_an_absolute_path() -> None:
    with pytest.raises(ValueError, match="caFile"):
        settings("ldaps://ldap.example.com", caFile="branch/ca.pem")


def test_a_base_without_entries_is_an_error_and_not_an_empty_directory() -> None:
    with (
        scripted(result) as server,
        pytest.raises(PortalError) as raised,
    ):
        read(settings(server.url))

    assert raised.value.message == (
        f'source "people" at {server.url}: the base "dc=example" cannot be read: it cannot be read'
    )

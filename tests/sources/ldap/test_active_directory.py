"""What Microsoft documents about Active Directory: ranges of members, GUIDs and disabled accounts.

The server is a double that answers in these shapes; nothing here was tried with a real one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import pytest

from reconciler.model.directory import DirectoryPerson, Evidence, GroupAnswer
from reconciler.model.directory_settings import LdapSource
from reconciler.sources.ldap.connection import Found, Outcome
from reconciler.sources.ldap.directory import LdapDirectory
from reconciler.sources.ldap.entries import Entry, id_text, id_value
from reconciler.sources.ldap.names import escaped, parse_name
from reconciler.sources.ldap.session import Code, LdapSession

BASE: Final = "OU=Partners,DC=corp,DC=example"
GROUP: Final = f"CN=Developers,{BASE}"
GUID: Final = UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")
# The numbers of a disabled account, and of a person in another group.
DISABLED: Final = 2
OTHER: Final = 4
SETTINGS: Final = LdapSource.model_validate(
    {
        "type": "ldap",
        "url": "ldaps://dc.corp.example",
        "base": BASE,
        "user": f"CN=Reader,{BASE}",
        "password": {"env": "PORTAL_LDAP"},
    }
)
Values = Mapping[str, Sequence[bytes]]


def person(number: int) -> tuple[str, Values]:
    return f"CN=P{number},{BASE}", {
        "objectclass": [b"user"],
        "objectguid": [UUID(int=number).bytes_le],
        "mail": [f"p{number}@acme.example".encode()],
        "useraccountcontrol": [b"514" if number == DISABLED else b"512"],
        "memberof": [f"CN=Others,{BASE}".encode()] if number == OTHER else [],
    }


class ActiveDirectory(LdapSession):
    """A domain controller with one group, which returns two members at a time."""

    def __init__(self, members: int, *, ranges: Sequence[str] = (), people: int = 0) -> None:
        self._people = dict(person(number) for number in range(1, (people or members) + 1))
        self._members = list(self._people)[:members]
        self._ranges = list(ranges)

    async def read(self, dn: str, attributes: Sequence[str]) -> Found:
        if not dn:
            return found("", {"supportedcapabilities": [b"1.2.840.113556.1.4.800"]})
        if dn == GROUP:
            [name] = attributes
            return found(GROUP, self._range(int(name.partition("=")[2].partition("-")[0])))
        return found(dn, {"objectclass": [b"organizationalUnit"]})

    async def search(self, base: str, filter_text: str, attributes: Sequence[str]) -> Found:
        assert (base, "objectClass" in attributes) == (BASE, True)
        if "cn=Developers" in filter_text:
            values = {"objectclass": [b"top", b"group"], "cn": [b"Developers"], **self._range(0)}
            return found(GROUP, values)
        matching = [entry(dn, each) for dn, each in self._people.items() if is_meant(filter_text, dn, each)]
        return Found(Outcome(0), tuple(matching))

    async def compare(self, dn: str, attribute: str, value: str) -> int:
        assert (dn, attribute) == (GROUP, "member")
        if not self._members:
            return Code.NO_SUCH_ATTRIBUTE
        return Code.COMPARE_TRUE if value in self._members else Code.COMPARE_FALSE

    def _range(self, low: int) -> Values:
        names = [each.encode() for each in self._members]
        if not names:
            return {}
        some = names[low : low + 2]
        end = "*" if low + 2 >= len(names) else str(low + len(some) - 1)
        name = self._ranges.pop(0) if self._ranges else f"member;range={low}-{end}"
        return {"member": [], name: some}


def is_meant(filter_text: str, dn: str, values: Values) -> bool:
    guid = escaped(values["objectguid"][0])
    return f"(distinguishedName={dn})" in filter_text or f"(objectGUID={guid})" in filter_text


def entry(dn: str, values: Values) -> Entry:
    return Entry(dn, parse_name(dn), {name: tuple(each) for name, each in values.items() if each or name})


def found(dn: str, values: Values) -> Found:
    return Found(Outcome(0), (entry(dn, values),))


def read(server: ActiveDirectory) -> GroupAnswer:
    directory = LdapDirectory(server, SETTINGS, frozenset())
    return asyncio.run(directory.read(["Developers"], lambda *_: None))["Developers"]


def test_all_ranges_of_members_are_read() -> None:
    answer = read(ActiveDirectory(5))

    assert answer == GroupAnswer(
        "complete",
        tuple(
            DirectoryPerson(str(UUID(int=number)), f"p{number}@acme.example", active=number != DISABLED)
            for number in range(1, 6)
        ),
    )


@pytest.mark.parametrize(
    "ranges",
    [
        ["member;range=0-1", "member;range=3-4"],
        ["member;range=1-2"],
        ["member;range=0-1", "other;range=2-*"],
        ["member;range=0-7"],
    ],
)
def test_ranges_that_do_not_fit_together_are_partial(ranges: list[str]) -> None:
    answer = read(ActiveDirectory(5, ranges=ranges))

    assert answer == GroupAnswer(
        "partial", reason=f"{GROUP}: the ranges of its attribute member do not fit together"
    )


def test_a_guid_is_searched_as_it_is_stored() -> None:
    assert id_text("objectGUID", GUID.bytes_le) == str(GUID)
    assert id_value("objectGUID", str(GUID)) == GUID.bytes_le


@pytest.mark.parametrize(
    ("members", "number", "evidence"),
    [(3, 1, "member"), (3, 2, "left"), (3, 5, "left"), (3, 9, "left"), (0, 4, "left"), (0, 5, "unknown")],
)
def test_a_hidden_list_is_not_taken_for_an_empty_one(members: int, number: int, evidence: Evidence) -> None:
    directory = LdapDirectory(ActiveDirectory(members, people=5), SETTINGS, frozenset())
    guid = str(UUID(int=number))

    assert asyncio.run(directory.confirm("Developers", [guid, "not-a-guid"])) == {
        guid: evidence,
        "not-a-guid": "unknown",
    }

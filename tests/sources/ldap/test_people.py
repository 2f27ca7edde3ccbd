"""What counts as a person, with which identity and address, on a real server."""

import pytest

from reconciler.model.directory import DirectoryPerson, GroupAnswer
from tests.sources.ldap.company import Company


def test_a_moved_person_with_a_new_address_is_the_same_one(company: Company) -> None:
    ana = company.person("ana")
    before = company.id(ana)
    company.server.modify(
        f"dn: {ana}\nchangetype: modrdn\nnewrdn: uid=ana.new\ndeleteoldrdn: 1\nnewsuperior: {company.base}\n"
    )
    moved = f"uid=ana.new,{company.base}"
    company.change(moved, "replace: mail", "mail: ana@new.example")
    company.group("developers", moved)

    assert company.read("developers")["developers"].people == (DirectoryPerson(before, "ana@new.example"),)


@pytest.mark.parametrize(
    ("lines", "settings"),
    [
        (("pwdAccountLockedTime: 000001010000Z",), {}),
        (
            ("employeeType: Former",),
            {"disabled": {"attribute": "employeeType", "values": ["former", "left"]}},
        ),
    ],
)
def test_a_disabled_account_is_not_active(
    company: Company, lines: tuple[str, ...], settings: dict[str, object]
) -> None:
    ana = company.person("ana")
    company.change(ana, f"add: {lines[0].partition(':')[0]}", *lines)
    company.group("developers", ana)

    assert company.read("developers", **settings)["developers"] == GroupAnswer(
        "complete", (DirectoryPerson(company.id(ana), "ana@acme.example", active=False),)
    )


@pytest.mark.parametrize("value", ["20260101000000Z", "20991231235959Z"])
def test_an_account_that_wrong_passwords_locked_is_active(company: Company, value: str) -> None:
    ana = company.person("ana")
    company.change(ana, "add: pwdAccountLockedTime", f"pwdAccountLockedTime: {value}")
    company.group("developers", ana)

    assert company.addresses("developers") == ["ana@acme.example"]


def test_people_without_an_address_are_named(company: Company) -> None:
    ana, bo = company.person("ana", mail=None), company.person("bo")
    company.group("developers", ana, bo)

    [answer] = company.read("developers").values()

    assert answer.completeness == "complete"
    assert {each.email for each in answer.people} == {"", "bo@acme.example"}
    assert answer.notes == (f"1 member without an address: {ana}",)


def test_the_first_of_several_addresses_counts(company: Company) -> None:
    ana = company.person("ana", "mail: a@acme.example", "mail: z@acme.example", mail="m@acme.example")
    company.group("developers", ana)

    [answer] = company.read("developers").values()

    assert [each.email for each in answer.people] == ["a@acme.example"]
    assert answer.notes == (
        f"1 member with several addresses, of which the first in the alphabet counts: {ana}",
    )


def test_identity_and_address_can_be_other_attributes(company: Company) -> None:
    ana = company.person("ana", "employeeNumber: 0042", "labeledURI: ana@other.example")
    company.group("developers", ana)

    [answer] = company.read("developers", id="employeeNumber", email="labeledURI").values()

    assert answer.people == (DirectoryPerson("0042", "ana@other.example"),)


def test_two_entries_with_one_identity_are_not_certain(company: Company) -> None:
    dns = [company.person(each, "employeeNumber: 7") for each in ("ana", "bo")]
    company.group("developers", *dns)

    [answer] = company.read("developers", id="employeeNumber").values()

    assert answer.completeness == "partial"
    assert answer.reason == f"{dns[1]} and another entry have the same employeeNumber"

"""Which people are in a group, of each kind of group, on a real server."""

import pytest

from reconciler.model.directory import DirectoryPerson, GroupAnswer
from reconciler.sources.ldap import connection
from tests.sources.ldap.company import Company


def test_a_group_has_its_people_by_id_and_address(company: Company) -> None:
    ana = company.person("ana")
    company.group("Acme Developers", ana)

    assert company.read("Acme Developers") == {
        "Acme Developers": GroupAnswer("complete", (DirectoryPerson(company.id(ana), "ana@acme.example"),))
    }


@pytest.mark.parametrize("kind", ["groupOfNames", "groupOfUniqueNames", "posixGroup"])
def test_each_kind_of_group_is_read(company: Company, kind: str) -> None:
    dns = [company.person(each) for each in ("ana", "bo")]
    company.group("developers", *(("ana", "bo") if kind == "posixGroup" else dns), kind=kind)

    assert company.addresses("developers") == ["ana@acme.example", "bo@acme.example"]


def test_names_and_members_count_without_regard_to_case_and_spelling(company: Company) -> None:
    company.person("ana")
    company.group("Acme  Développeurs", f"UID = Ana , OU=People,{company.base.upper()}")

    assert company.addresses("ACME DÉVELOPPEURS") == ["ana@acme.example"]


def test_people_and_groups_may_have_any_characters(company: Company) -> None:
    dns = [
        company.person("Müller\\, Jürgen", mail="juergen@acme.example"),
        company.person("a\\+b\\\\c", mail="abc@acme.example"),
    ]
    company.group("(R&D)*", *dns)

    assert company.addresses("(R&D)*") == ["abc@acme.example", "juergen@acme.example"]


def test_a_group_can_be_given_by_its_dn(company: Company) -> None:
    dn = company.group("developers", company.person("ana"))

    assert company.addresses(dn.replace("ou=groups", "OU=Groups")) == ["ana@acme.example"]


def test_a_dn_of_a_person_is_not_a_group(company: Company) -> None:
    ana = company.person("ana")

    assert company.read(ana) == {
        ana: GroupAnswer("partial", reason=f"{ana} is not a group, or its classes cannot be read")
    }


def test_a_group_that_does_not_exist_is_absent(company: Company) -> None:
    missing = f"cn=nobody,{company.base}"

    absent = GroupAnswer("absent", reason="there is no such group, or the account may not see it")
    assert company.read("nobody", missing) == {"nobody": absent, missing: absent}


def test_two_groups_of_one_name_are_not_certain(company: Company) -> None:
    first = company.group("developers", company.person("ana"))
    second = f"cn=developers,{company.base}"
    company.entry(second, "objectClass: posixGroup", "cn: developers", "gidNumber: 1")

    [answer] = company.read("developers").values()

    assert answer.completeness == "partial"
    assert answer.reason.startswith("2 groups have this name, use the DN of one: ")
    assert first in answer.reason
    assert second in answer.reason


def test_the_attribute_with_the_name_of_a_group_can_be_another(company: Company) -> None:
    company.group("developers", company.person("ana"), lines=("ou: acme/dev",))

    assert company.addresses("acme/dev", groupName="ou") == ["ana@acme.example"]


def test_a_posix_group_without_people_is_empty(company: Company) -> None:
    company.group("developers", kind="posixGroup")

    assert company.read("developers") == {"developers": GroupAnswer("empty")}


def test_groups_inside_of_groups_count_and_cycles_end(company: Company) -> None:
    ana, bo, cy = (company.person(each) for each in ("ana", "bo", "cy"))
    outer = f"cn=outer,ou=groups,{company.base}"
    inner = company.group("inner", bo, outer, ana)
    company.group("posix", "cy", kind="posixGroup")
    company.group("outer", ana, inner, f"cn=posix,ou=groups,{company.base}")

    assert company.addresses("outer") == ["ana@acme.example", "bo@acme.example", "cy@acme.example"]
    assert company.addresses("inner") == ["ana@acme.example", "bo@acme.example", "cy@acme.example"]
    assert cy


def test_groups_inside_of_groups_are_found_outside_of_the_people(company: Company) -> None:
    inner = company.group("inner", company.person("ana"))
    company.group("outer", inner)

    assert company.addresses("outer", userBase=f"ou=people,{company.base}") == ["ana@acme.example"]


def test_groups_are_not_followed_without_end(company: Company) -> None:
    with company.together():
        dn = company.group("level-0", company.person("ana"))
        for level in range(1, 52):
            dn = company.group(f"level-{level}", dn)

    [answer] = company.read("level-51").values()

    assert answer.completeness == "partial"
    innermost = f"cn=level-1,ou=groups,{company.base}"
    assert answer.reason == f"the member {innermost} cannot be read: it is nested more than 50 levels deep"
    assert company.addresses("level-49") == ["ana@acme.example"]


def test_members_in_name_only_are_left_out(company: Company) -> None:
    own = f"cn=own,ou=groups,{company.base}"
    company.group("own", own)
    company.group("nobody", "")
    company.group("setting", f"cn=Nobody,{company.base}")

    assert company.read("own", "nobody", "setting", placeholders=[f"cn=nobody,{company.base}"]) == {
        each: GroupAnswer("empty") for each in ("own", "nobody", "setting")
    }


def test_a_uid_after_a_dn_is_left_out(company: Company) -> None:
    company.group("developers", f"{company.person('ana')}#'0101'B", kind="groupOfUniqueNames")

    assert company.addresses("developers") == ["ana@acme.example"]


def test_all_pages_of_a_search_are_read(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_PAGE_SIZE", 3)
    with company.together():
        dns = [company.person(f"p{number}") for number in range(8)]
        company.group("developers", *dns)

    assert company.addresses("developers") == [f"p{number}@acme.example" for number in range(8)]


@pytest.mark.no_cover
@pytest.mark.real
def test_more_people_than_one_search_returns(company: Company) -> None:
    names = [f"p{number}" for number in range(1_200)]
    with company.together():
        company.group("everybody", *map(company.person, names), kind="groupOfUniqueNames")

    assert company.addresses("everybody") == sorted(f"{each}@acme.example" for each in names)


def test_many_groups_are_read_with_few_searches(company: Company, caplog: pytest.LogCaptureFixture) -> None:
    with company.together():
        for number in range(60):
            company.group(f"g{number}", company.person(f"p{number}"))

    with caplog.at_level("INFO", "reconciler"):
        found = company.read(*(f"g{number}" for number in range(60)))

    assert [each.people[0].email for each in found.values()] == [f"p{n}@acme.example" for n in range(60)]
    # Two for the server and its base, three for the groups, one for all people.
    assert len(caplog.messages) == 6

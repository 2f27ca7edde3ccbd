"""The second answer about people who would be removed, on a real server."""

import pytest

from tests.servers.slapd import LIMITED
from tests.sources.ldap.company import Company

NOBODY = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize("kind", ["groupOfNames", "groupOfUniqueNames", "posixGroup"])
def test_members_are_members_and_others_left(company: Company, kind: str) -> None:
    ana, bo = company.person("ana"), company.person("bo")
    company.group("developers", "ana" if kind == "posixGroup" else ana, kind=kind)

    assert company.confirm("developers", company.id(ana), company.id(bo), NOBODY) == [
        "member",
        "left",
        "left",
    ]


def test_the_last_member_of_a_group_can_leave(company: Company) -> None:
    ana = company.person("ana")
    company.group("developers", kind="posixGroup")

    assert company.confirm("developers", company.id(ana)) == ["left"]


def test_a_disabled_account_has_left(company: Company) -> None:
    ana = company.person("ana")
    company.change(ana, "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")
    company.group("developers", ana)

    assert company.confirm("developers", company.id(ana)) == ["left"]


def test_a_moved_person_is_still_a_member(company: Company) -> None:
    ana = company.person("ana")
    before = company.id(ana)
    company.server.modify(f"dn: {ana}\nchangetype: modrdn\nnewrdn: uid=ana.new\ndeleteoldrdn: 1\n")
    company.group("developers", f"uid=ana.new,ou=people,{company.base}")

    assert company.confirm("developers", before) == ["member"]


def test_members_of_inner_groups_are_members(company: Company) -> None:
    ana = company.person("ana")
    inner = company.group("inner", "ana", kind="posixGroup")
    middle = company.group("middle", inner, f"cn=outer,ou=groups,{company.base}")
    company.group("outer", middle)

    assert company.confirm("outer", company.id(ana)) == ["member"]


def test_what_the_person_says_counts_where_groups_hide_their_members(company: Company) -> None:
    ana = company.person("ana")
    inner = company.group("inner", ana, lines=("description: no members",))
    company.group("outer", inner)

    # The overlay memberof writes the group into the person's entry.
    assert company.server.value(ana, "memberOf") == inner
    assert company.confirm("inner", company.id(ana)) == ["unknown"]


def test_hidden_members_leave_it_unknown(company: Company) -> None:
    company.person("ana")
    company.group("developers", "ana", kind="posixGroup", lines=("description: no members",))

    assert company.confirm("developers", company.id(f"uid=ana,ou=people,{company.base}")) == ["unknown"]


def test_a_group_that_is_gone_leaves_it_unknown(company: Company) -> None:
    ana = company.person("ana")

    assert company.confirm("developers", company.id(ana)) == ["unknown"]


def test_a_limited_search_leaves_it_unknown(company: Company) -> None:
    people = [company.person(f"p{number}") for number in range(8)]
    company.group("developers", people[0])
    company.group("others", people[1])

    found = company.confirm("developers", *map(company.id, people[1:]), user=LIMITED)

    assert "unknown" in found
    assert "member" not in found


def test_two_people_with_one_identity_leave_it_unknown(company: Company) -> None:
    dns = [company.person(each, "employeeNumber: 7") for each in ("ana", "bo")]
    company.group("developers", dns[0])

    assert company.confirm("developers", "7", id="employeeNumber") == ["unknown"]

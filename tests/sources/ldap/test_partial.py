"""What cannot be read makes a group partial, so that nobody is removed; on a real server."""

import pytest

from reconciler.model.directory import GroupAnswer
from tests.servers.slapd import LIMITED
from tests.sources.ldap.company import Company

HIDDEN = "description: no members"


@pytest.mark.parametrize("kind", ["groupOfNames", "groupOfUniqueNames", "posixGroup"])
def test_hidden_members_are_not_an_empty_group(company: Company, kind: str) -> None:
    member = "ana" if kind == "posixGroup" else company.person("ana")
    dn = company.group("developers", member, kind=kind, lines=(HIDDEN,))
    attribute = {"groupOfUniqueNames": "uniqueMember", "posixGroup": "memberUid"}.get(kind, "member")

    assert company.read("developers") == {
        "developers": GroupAnswer(
            "partial", reason=f"{dn}: the account may not read its attribute {attribute} (50)"
        )
    }


def test_hidden_members_of_an_inner_group_count_for_the_outer_one(company: Company) -> None:
    ana, bo = company.person("ana"), company.person("bo")
    inner = company.group("inner", bo, lines=(HIDDEN,))
    company.group("outer", ana, inner)

    [answer] = company.read("outer").values()

    assert (answer.completeness, [each.email for each in answer.people]) == ("partial", ["ana@acme.example"])
    assert answer.reason == f"{inner}: the account may not read its attribute member (50)"


def test_a_hidden_person_and_a_missing_one_are_the_same(company: Company) -> None:
    ana, gone = company.person("ana", "description: no entry"), f"uid=gone,ou=people,{company.base}"
    company.group("developers", ana, gone, company.person("bo"))

    [answer] = company.read("developers").values()

    assert (answer.completeness, [each.email for each in answer.people]) == ("partial", ["bo@acme.example"])
    why = "it does not exist, or the account may not see it"
    assert answer.reason == "; ".join(f"the member {each} cannot be read: {why}" for each in (ana, gone))


def test_a_login_without_a_person_is_not_certain(company: Company) -> None:
    company.person("ana")
    company.group("developers", "ana", "gone", kind="posixGroup")

    [answer] = company.read("developers").values()

    assert (answer.completeness, [each.email for each in answer.people]) == ("partial", ["ana@acme.example"])
    why = "it does not exist, or the account may not see it"
    assert answer.reason == f"the member with the login gone cannot be read: {why}"


def test_a_login_of_two_people_is_not_certain(company: Company) -> None:
    company.person("ana")
    company.entry(
        f"cn=ana,ou=people,{company.base}", "objectClass: inetOrgPerson", "cn: ana", "sn: x", "uid: ANA"
    )
    company.group("developers", "ana", kind="posixGroup")

    [answer] = company.read("developers").values()

    assert answer == GroupAnswer(
        "partial", reason="the member with the login ana cannot be read: several entries have it"
    )


def test_a_person_without_a_readable_identity_is_not_certain(company: Company) -> None:
    ana = company.person("ana", "description: no id")
    company.group("developers", ana)

    assert company.read("developers")["developers"] == GroupAnswer(
        "partial", reason=f"{ana} has no readable entryUUID"
    )


def test_a_person_outside_of_the_user_base_is_not_certain(company: Company) -> None:
    ana = company.person("ana")
    company.group("developers", ana)

    [answer] = company.read("developers", userBase=f"ou=groups,{company.base}").values()

    assert (answer.completeness, answer.people) == ("partial", ())


def test_a_group_that_is_hidden_is_absent(company: Company) -> None:
    company.group("developers", company.person("ana"), lines=("description: no entry",))

    assert company.read("developers")["developers"].completeness == "absent"


def test_a_size_limit_of_the_server_is_not_the_end_of_a_list(company: Company) -> None:
    dns = [company.person(f"p{number}") for number in range(8)]
    company.group("developers", *dns)

    [answer] = company.read("developers", user=LIMITED).values()

    assert answer.completeness == "partial"
    assert "the server stopped the search at its size limit" in answer.reason


def test_a_size_limit_hides_groups(company: Company) -> None:
    with company.together():
        for number in range(8):
            company.group(f"g{number}", company.person(f"p{number}"))

    found = company.read(*(f"g{number}" for number in range(8)), user=LIMITED)

    missing = [each for each in found.values() if not each.people]
    assert missing
    assert {(each.completeness, each.reason) for each in missing} == {
        ("partial", "the server stopped the search at its size limit")
    }


def test_other_servers_are_not_asked(company: Company) -> None:
    company.entry(
        f"cn=other,{company.base}",
        "objectClass: referral",
        "objectClass: extensibleObject",
        "cn: other",
        "ref: ldap://127.0.0.1:1/cn=other",
    )
    company.group("developers", company.person("ana"), f"uid=bo,cn=other,{company.base}")

    found = company.read("developers", "elsewhere")

    other = "the server refers to another one, which is not asked: ldap://127.0.0.1:1/cn=other??sub"
    assert found["elsewhere"] == GroupAnswer("partial", reason=other)
    assert found["developers"].completeness == "partial"
    assert found["developers"].reason == (
        f"the member uid=bo,cn=other,{company.base} cannot be read: {other}"
    )
    assert [each.email for each in found["developers"].people] == ["ana@acme.example"]


def test_a_dynamic_group_lists_no_members(company: Company) -> None:
    dynamic = f"cn=dynamic,ou=groups,{company.base}"
    company.entry(dynamic, "objectClass: groupOfURLs", "cn: dynamic", "memberURL: ldap:///dc=x??sub?(uid=*)")
    company.group("developers", dynamic)

    [answer] = company.read("developers").values()

    assert answer == GroupAnswer(
        "partial",
        reason=f"the member {dynamic} cannot be read: it is a dynamic group, which lists no members",
    )

from tests.builders import group, partner, team
from tests.policy.judging import YESTERDAY, judged

PERSON = {"developer": "Sam@Acme.example"}


def foreign(person: str, role: str) -> tuple[str, str]:
    domain = person.partition("@")[2]
    return (
        f'{person} is {role} of team "acme/a", but {domain} is not a domain of partner "acme"',
        "correct the address or add the domain (domains: acme.example, acme.de)",
    )


def test_an_admin_of_a_foreign_domain_is_reported() -> None:
    acme = partner(
        "acme",
        team("a", "ana@acme.example", "bo@globex.example", {"email": "cy@sub.acme.example"}),
        domains=["acme.example", "acme.de"],
    )

    assert judged("admin-domain", acme) == [
        ("partners/acme.yaml:17:7", *foreign("bo@globex.example", "an admin")),
        ("partners/acme.yaml:18:7", *foreign("cy@sub.acme.example", "an admin")),
    ]


def test_a_listed_member_of_a_foreign_domain_is_reported_by_a_separate_rule() -> None:
    acme = partner("acme", team("a", members=["bo@globex.example"]), domains=["acme.example", "acme.de"])

    assert judged("admin-domain", acme) == []
    assert judged("member-domain", acme) == [
        ("partners/acme.yaml:18:7", *foreign("bo@globex.example", "a member"))
    ]


def test_domains_are_compared_in_one_spelling() -> None:
    acme = partner("acme", team("a", "ana@BÜCHER.example"), domains=["xn--bcher-kva.example"])

    assert judged("admin-domain", acme) == []


def test_a_partner_without_domains_may_name_anybody() -> None:
    assert judged("admin-domain", partner("acme", team("a", "bo@globex.example"))) == []


def test_whose_membership_has_ended_is_of_no_domain_any_more() -> None:
    ended = {"email": "bo@globex.example", "until": YESTERDAY}

    assert judged("admin-domain", partner("acme", team("a", ended), domains=["acme.example"])) == []


def test_a_team_with_more_than_three_admins_is_reported() -> None:
    admins = [f"a{number}@acme.example" for number in range(4)]
    ended = {"email": "ex@acme.example", "until": YESTERDAY}

    assert judged(
        "admin-count", partner("acme", team("many", *admins), team("three", *admins[:3], ended))
    ) == [
        (
            "partners/acme.yaml:13:5",
            'team "acme/many" has 4 admins, more than the recommended 3',
            "keep one or two",
        )
    ]


def test_all_but_internal_partners_name_their_agreement() -> None:
    assert judged(
        "agreement-missing",
        partner("reseller"),
        partner("contractor", type="contractor", agreement=None),
        partner("internal", type="internal", agreement=None),
        partner("ended", agreement=None, status="ended"),
    ) == [
        (
            "partners/contractor.yaml:6:3",
            'partner "contractor" (contractor) has no agreement',
            "add agreement with the reference of the contract",
        )
    ]


def test_a_grant_to_a_single_person_is_reported() -> None:
    ended = {"developer": "ex@acme.example", "until": YESTERDAY}

    assert judged(
        "grant-to-person", group(grants=[PERSON, ended, {"team": "acme/a"}]), partner("acme", team("a"))
    ) == [
        (
            "access-groups/tracking.yaml:11:16",
            'access group "tracking" is granted to a single person, Sam@Acme.example',
            "grant it to a team, so that access does not depend on one person",
        )
    ]


def test_who_keeps_access_while_their_partner_is_suspended_is_named() -> None:
    given = group(grants=[PERSON, {"developer": "bo@globex.example"}])
    suspended = partner("acme", status="suspended", domains=["ACME.example"])

    assert judged("suspended-person", given, suspended, partner("globex", domains=["globex.example"])) == [
        (
            "access-groups/tracking.yaml:11:16",
            'Sam@Acme.example keeps access group "tracking", although partner "acme" is suspended',
            (
                "suspending a partner does not affect grants to single people; remove the grant if it is "
                "not intended"
            ),
        )
    ]


def test_nobody_is_reported_if_no_partner_is_suspended() -> None:
    assert judged("suspended-person", group(grants=[PERSON]), partner("acme", domains=["acme.example"])) == []

from tests.builders import document, partner, team
from tests.policy.judging import judged


def test_a_person_is_in_a_team_only_once_whatever_the_spelling() -> None:
    acme = partner("acme", team("a", "ana@acme.example", members=["bo@acme.example", "Ana@ACME.example"]))

    assert judged("duplicate-person", acme) == [
        (
            "partners/acme.yaml:16:7",
            'ana@acme.example is already in team "acme/a" at partners/acme.yaml:13:7',
            "remove one of the entries",
        )
    ]


def test_a_person_may_be_in_two_teams() -> None:
    assert judged("duplicate-person", partner("acme", team("a"), team("b"))) == []


def test_a_domain_in_letters_and_in_its_a_form_is_the_same_person() -> None:
    acme = partner("acme", team("a", "zoe@bücher.example", {"email": "zoe@XN--bcher-kva.example"}))

    assert judged("duplicate-person", acme) == [
        (
            "partners/acme.yaml:14:14",
            'zoe@xn--bcher-kva.example is already in team "acme/a" at partners/acme.yaml:13:7',
            "remove one of the entries",
        )
    ]


def test_who_is_blocked_is_named_in_no_team_of_the_partner() -> None:
    acme = partner("acme", team("a"), team("b", "bo@acme.example"), blocked=["BO@acme.example"])

    assert judged("duplicate-person", acme, partner("globex", team("c", "bo@acme.example"))) == [
        (
            "partners/acme.yaml:18:7",
            'bo@acme.example is in team "acme/b", but is blocked at partners/acme.yaml:11:5',
            "remove the person from the team or from blocked",
        )
    ]


def test_people_are_compared_also_where_the_schema_is_not_met() -> None:
    broken = document("""\
        kind: Partner
        metadata: {name: acme}
        spec:
          teams:
            - 5
            - {name: a, admins: [ana@acme.example], members: [5, {email: ana@acme.example}]}
    """)

    assert judged("duplicate-person", broken) == [
        (
            "partners/acme.yaml:6:66",
            'ana@acme.example is already in team "acme/a" at partners/acme.yaml:6:26',
            "remove one of the entries",
        )
    ]

from typing import Any

import pytest

from tests.builders import document, group, partner, team
from tests.policy.judging import judged


def test_a_team_uses_a_group_once() -> None:
    acme = partner("acme", team("a", access=["tracking", {"group": "tracking", "level": "view"}]))

    assert judged("duplicate-grant", acme, group()) == [
        (
            "partners/acme.yaml:16:14",
            'team "acme/a" already has access group "tracking" from partners/acme.yaml:15:7',
            "remove one of the two entries",
        )
    ]


def test_a_team_does_not_repeat_the_access_of_its_partner() -> None:
    acme = partner("acme", team("a", access=["tracking"]), team("b"), access=["tracking"])

    assert judged("duplicate-grant", acme, group()) == [
        (
            "partners/acme.yaml:17:7",
            'team "acme/a" already has access group "tracking" from partners/acme.yaml:11:5',
            "remove one of the two entries",
        )
    ]


def test_two_teams_may_take_up_the_same_group() -> None:
    acme = partner("acme", team("a", access=["tracking"]), team("b", access=["tracking"]))

    assert judged("duplicate-grant", acme, group()) == []


@pytest.mark.parametrize(
    ("grant", "who", "place"),
    [
        ({"team": "acme/a"}, 'team "acme/a"', "partners/acme.yaml:15:7"),
        ({"partner": "acme"}, 'partner "acme"', "partners/acme.yaml:15:7"),
    ],
)
def test_the_owner_does_not_grant_what_the_partner_has_taken_up(
    grant: dict[str, Any], who: str, place: str
) -> None:
    acme = partner("acme", team("a", access=["tracking"]), team("b"))

    assert judged("duplicate-grant", acme, group(grants=[grant])) == [
        (
            "access-groups/tracking.yaml:11:5",
            f'{who} already has access group "tracking" from {place}',
            "remove one of the two entries",
        )
    ]


def test_the_owner_grants_another_team_without_a_clash() -> None:
    acme = partner("acme", team("a", access=["tracking"]), team("b"))

    assert judged("duplicate-grant", acme, group(grants=[{"team": "acme/b"}])) == []


@pytest.mark.parametrize(
    ("first", "second", "who"),
    [
        ({"team": "acme/a"}, {"team": "acme/a"}, 'team "acme/a"'),
        ({"partner": "acme"}, {"team": "acme/a"}, 'team "acme/a"'),
        ({"team": "acme/a"}, {"partner": "acme"}, 'partner "acme"'),
        ({"partner": "acme"}, {"partner": "acme"}, 'partner "acme"'),
        (
            {"developer": "sam@indie.example"},
            {"developer": "SAM@indie.example"},
            'developer "SAM@indie.example"',
        ),
    ],
)
def test_the_owner_grants_a_group_to_the_same_once(
    first: dict[str, Any], second: dict[str, Any], who: str
) -> None:
    acme = partner("acme", team("a"), team("b"))

    assert judged("duplicate-grant", acme, group(grants=[first, second])) == [
        (
            "access-groups/tracking.yaml:12:5",
            f'{who} already has access group "tracking" from access-groups/tracking.yaml:11:5',
            "remove one of the two entries",
        )
    ]


def test_offers_may_repeat() -> None:
    assert judged("duplicate-grant", group(offers=[{"type": "reseller"}, {"type": "reseller"}])) == []


def test_grants_are_compared_also_where_the_schema_is_not_met() -> None:
    broken = document("""\
        kind: Partner
        metadata: {name: acme}
        spec: {access: [tracking, 5], teams: [5, {name: a, access: [{group: tracking}]}]}
    """)

    assert judged("duplicate-grant", broken) == [
        (
            "partners/acme.yaml:3:69",
            'team "acme/a" already has access group "tracking" from partners/acme.yaml:3:17',
            "remove one of the two entries",
        )
    ]


def test_a_team_without_its_partner_is_no_duplicate_of_itself() -> None:
    grants = [{"team": "acme"}, {"team": "acme/a"}]

    assert judged("duplicate-grant", partner("acme", team("a")), group(grants=grants)) == []

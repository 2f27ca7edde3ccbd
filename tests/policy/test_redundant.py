from typing import Any

import pytest

from tests.builders import group, partner, product, team
from tests.policy.judging import YESTERDAY, judged

GROUPS = (
    group("small", apis=["t"]),
    group("wide", apis=["r"], products=["bundle"]),
    group("same", apis=["t"]),
    group("other", apis=["x"]),
    group("empty"),
    product("bundle", apis=["t"]),
)


def places(*access: Any, **spec: Any) -> list[tuple[str, str, str]]:
    return judged("redundant-grant", *GROUPS, partner("acme", team("a", access=list(access)), **spec))


def test_a_group_whose_apis_are_all_in_another_group_of_the_team_is_redundant() -> None:
    assert places("small", "wide") == [
        (
            "partners/acme.yaml:15:7",
            'access group "small" is redundant for team "acme/a": "wide" already covers it',
            "remove it if it is not needed",
        )
    ]


@pytest.mark.parametrize(
    "access",
    [
        ("wide", "other", "empty"),
        ("small", {"group": "wide", "level": "view"}),
        ("small", {"group": "wide", "until": "2027-01-01"}),
        ("small", {"group": "wide", "until": YESTERDAY}),
        ({"group": "small", "until": "2027-02-01"}, {"group": "wide", "until": "2027-01-01"}),
    ],
)
def test_a_group_that_adds_an_api_a_level_or_time_is_not_redundant(access: tuple[Any, ...]) -> None:
    assert places(*access) == []


def test_the_later_one_of_two_equivalent_groups_is_reported() -> None:
    assert [place for place, _, _ in places("small", "same")] == ["partners/acme.yaml:16:7"]


def test_what_a_team_has_through_its_partner_counts() -> None:
    assert [place for place, _, _ in places("small", access=["wide"])] == ["partners/acme.yaml:17:7"]


def test_what_all_teams_have_is_held_only_against_what_all_teams_have() -> None:
    assert places("wide", access=["small"]) == []
    assert [message for _, message, _ in places(access=["small", "wide"])] == [
        'access group "small" is redundant for partner "acme": "wide" already covers it'
    ]


def test_what_an_owner_grants_can_be_redundant() -> None:
    given = group("given", apis=["t"], grants=[{"team": "acme/a"}])

    assert [
        place
        for place, _, _ in judged(
            "redundant-grant", *GROUPS, given, partner("acme", team("a", access=["wide"]))
        )
    ] == ["access-groups/given.yaml:13:5"]

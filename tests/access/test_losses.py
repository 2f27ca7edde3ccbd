"""Who loses access by changes, today or soon."""

import pytest
from hypothesis import given

from reconciler.access import impact, people_losing_access
from reconciler.model.graph.delta import Delta
from reconciler.model.plan import Change
from reconciler.model.resource import Resource
from reconciler.model.timestamps import days_after
from tests.access.strategies import changed_states
from tests.access.worlds import TODAY, State, create, delete, edge, granted, holds, live, member, update

ANA, BO, SAM = "ana@acme.example", "bo@acme.example", "sam@indie.example"
SOON, IN_TWO_DAYS, LATER = "2026-12-24", "2026-11-26", "2026-12-25"
BASE = (member("acme/web", ANA), member("acme/web", BO), *holds("tracking", "track"))
GRANT = granted("tracking", "acme/web")


def who(*resources: Resource, changes: list[Change]) -> set[str]:
    return set(people_losing_access(Delta(live(*resources).resources, changes), TODAY, SOON))


@pytest.mark.parametrize(
    ("before", "after", "people"),
    [
        (None, IN_TWO_DAYS, {ANA, BO}),
        (None, SOON, {ANA, BO}),
        (None, LATER, set()),
        (SOON, IN_TWO_DAYS, {ANA, BO}),
        (IN_TWO_DAYS, SOON, set()),
        (IN_TWO_DAYS, None, set()),
    ],
)
def test_an_end_counts_that_is_brought_forward_to_a_day_that_is_near(
    before: str | None, after: str | None, people: set[str]
) -> None:
    grant = granted("tracking", "acme/web", **({"until": before} if before else {}))

    assert who(*BASE, grant, changes=[update(grant, until=after)]) == people


def test_an_end_of_a_membership_counts_like_that_of_a_grant() -> None:
    assert who(*BASE, GRANT, changes=[update(member("acme/web", BO), until=IN_TWO_DAYS)]) == {BO}


def test_new_access_that_ends_soon_is_no_loss() -> None:
    assert who(*BASE, changes=[create(granted("tracking", "acme/web", until=IN_TWO_DAYS))]) == set()


def test_access_that_another_path_gives_for_longer_is_not_lost() -> None:
    other = (granted("shared", BO), *holds("shared", "track"))

    assert who(*BASE, GRANT, *other, changes=[update(GRANT, until=IN_TWO_DAYS)]) == {ANA}


def test_access_is_lost_that_is_replaced_by_access_which_ends_soon() -> None:
    new = granted("pilot", "acme/web", until=IN_TWO_DAYS)

    assert who(*BASE, GRANT, *holds("pilot", "track"), changes=[delete(GRANT), create(new)]) == {ANA, BO}


def test_a_level_that_ends_sooner_is_lost() -> None:
    low = granted("shared", "acme/web", level="view")

    assert who(*BASE, GRANT, low, *holds("shared", "track"), changes=[update(GRANT, until=IN_TWO_DAYS)]) == {
        ANA,
        BO,
    }


def test_nobody_loses_by_changes_that_only_add() -> None:
    assert who(*BASE, changes=[create(GRANT), create(edge("team/acme/ops"))]) == set()


@given(changed_states())
def test_everyone_who_loses_access_on_a_day_is_found(world: tuple[State, list[Change]]) -> None:
    before, changes = world
    soon = "2026-11-27"
    days = [days_after(TODAY, number) for number in range(5)]

    assert people_losing_access(Delta(before, changes), TODAY, soon) == {
        person for day in days for row in impact(Delta(before, changes), day).lost for person in row.people
    }

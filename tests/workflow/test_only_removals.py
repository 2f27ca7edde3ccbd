"""`--only-removals` selects the changes by which nobody gains, and whose needs are such changes too."""

from random import Random
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from reconciler.diff import diff
from reconciler.model.document import Document
from reconciler.model.graph.delta import Delta
from reconciler.model.resource import Desired, Resource
from reconciler.order import order
from reconciler.testing.generators import world
from reconciler.testing.harness import SCOPE
from reconciler.workflow.selection import Selected, select_removals
from tests.access.worlds import TODAY as DAY
from tests.builders import group, partner, team
from tests.laws import examples
from tests.order.stops import Between
from tests.order.strategies import Edited, circles, edited_states
from tests.states import TODAY, accepted, holding, live, made, member, wanted

GOLD, SILVER = group("gold", apis=["rates"]), group("silver", apis=["rates", "track"])
ANA, BO, CY = "ana@acme.example", "bo@acme.example", "cy@acme.example"


def selected(before: list[Document], after: list[Document], *others: Resource) -> tuple[list[str], list[str]]:
    """Return what is done when files change, and what is left out, in a portal that holds all of `before`."""
    desired, held = wanted(*after), live([*holding(*before), *others])
    found = select_removals(order(Delta(held.resources, diff(desired, held).changes), TODAY))
    return sorted(f"{each.action} {each.id}" for each in found.changes), sorted(found.left_out)


def acme(*teams: dict[str, object], **spec: Any) -> list[Document]:
    return [GOLD, SILVER, partner("acme", *teams, **spec)]


def ops(
    *members: object, name: str = "ops", admins: tuple[object, ...] = (ANA,), **fields: object
) -> dict[str, object]:
    return team(name, *admins, members=list(members), access=["gold"], **fields)


def test_who_leaves_is_removed_and_what_is_added_waits() -> None:
    assert selected(acme(ops(BO)), acme(ops(CY), display_name="New")) == (
        [f"delete membership/acme/ops/{BO}"],
        [],
    )


def test_who_moves_to_another_team_keeps_access_until_the_other_half_is_applied() -> None:
    before, after = [ops(BO, CY), ops(name="dev")], [ops(), ops(BO, name="dev")]

    assert selected(acme(*before), acme(*after)) == (
        [f"delete membership/acme/ops/{CY}"],
        [f"membership/acme/ops/{BO}"],
    )


def test_who_moves_to_a_team_with_less_access_loses_the_rest_only_with_the_move() -> None:
    before = [team("ops", ANA, members=[BO], access=["silver"]), ops(name="dev")]
    after = [team("ops", ANA, members=[], access=["silver"]), ops(BO, name="dev")]

    assert selected(acme(*before), acme(*after)) == ([], [f"membership/acme/ops/{BO}"])


def test_a_group_that_replaces_another_is_not_half_applied() -> None:
    before = team("ops", ANA, members=[], access=["gold"])
    after = team("ops", ANA, members=[], access=["silver"])

    assert selected(acme(before), acme(after)) == ([], ["grant/gold/team/acme/ops"])


def test_a_lower_level_and_an_earlier_end_are_applied() -> None:
    before = team("ops", ANA, members=[BO], access=["gold", "silver"])
    after = team(
        "ops",
        ANA,
        members=[{"email": BO, "until": "2027-01-31"}],
        access=[{"group": "gold", "until": "2027-01-31"}, {"group": "silver", "level": "view"}],
    )

    assert selected(acme(before), acme(after)) == (
        [
            "update grant/gold/team/acme/ops",
            "update grant/silver/team/acme/ops",
            f"update membership/acme/ops/{BO}",
        ],
        [],
    )


def test_blocking_takes_a_person_out_of_a_delegated_team() -> None:
    delegated = team("ops", ANA, access=["gold"])

    assert selected(acme(delegated), acme(delegated, blocked=[BO]), member(BO, "acme/ops")) == (
        [f"delete membership/acme/ops/{BO}", "update partner/acme"],
        [],
    )


def test_an_admin_goes_before_the_next_one_is_added() -> None:
    before, after = acme(ops()), acme(ops(admins=(CY,)))

    assert selected(before, after) == ([f"delete membership/acme/ops/{ANA}"], [])


def test_what_is_under_a_renamed_partner_waits_for_the_rename() -> None:
    after = [GOLD, SILVER, partner("acme-new", ops(), metadata={"previously": "acme"})]

    assert selected(acme(ops(BO)), after) == ([], [f"membership/acme-new/ops/{BO}"])


def test_blocking_in_a_renamed_partner_waits_for_the_rename_too() -> None:
    after = [GOLD, SILVER, partner("acme-new", ops(), metadata={"previously": "acme"}, blocked=[BO])]

    assert selected(acme(ops()), after) == ([], ["partner/acme-new"])


def test_a_team_goes_with_all_its_people_or_stays_for_those_who_move() -> None:
    before = acme(ops(BO), ops(name="dev"))
    everybody = [f"delete membership/acme/ops/{each}" for each in (ANA, BO)]

    assert selected(before, acme(ops(name="dev"))) == (
        ["delete grant/gold/team/acme/ops", *everybody, "delete team/acme/ops"],
        [],
    )
    assert selected(before, acme(ops(BO, name="dev"))) == (
        [f"delete membership/acme/ops/{ANA}"],
        ["grant/gold/team/acme/ops", f"membership/acme/ops/{BO}", "team/acme/ops"],
    )


def test_a_suspended_partner_loses_its_grants() -> None:
    assert selected(acme(ops()), acme(ops(), status="suspended")) == (
        ["delete grant/gold/team/acme/ops", "update partner/acme"],
        [],
    )


def levels(edited: Edited, found: Selected, *, complete: bool) -> dict[tuple[str, str], int]:
    """Return each level after the selected changes, or after all changes."""
    changes = edited.changes if complete else found.changes
    between = Between(edited.before, changes, [0, (1 << len(changes)) - 1])
    return {
        key: max(level for level, stops in enumerate(at_least) if stops >> 1 & 1)
        for key, at_least in between.at_least().items()
    }


def check(edited: Edited) -> None:
    """Check that nobody gains, that nobody loses what all changes would keep, and that no need is missing."""
    found = select_removals(order(Delta(edited.before, edited.changes), DAY))
    note(f"selected {found}")
    before = Between(edited.before, (), [0]).at_least()
    was = {key: max(level for level, stops in enumerate(each) if stops & 1) for key, each in before.items()}
    whole, part = (levels(edited, found, complete=each) for each in (True, False))

    assert all(
        min(was.get(key, 0), whole.get(key, 0)) <= level <= was.get(key, 0) for key, level in part.items()
    )
    ids = {each.id for each in found.changes}
    assert all(ids.issuperset(each.needs) for each in order(Delta(edited.before, found.changes), DAY).changes)


@given(edited_states())
@examples(400)
def test_nobody_gains_and_nobody_loses_what_all_changes_together_would_keep(edited: Edited) -> None:
    check(edited)


@given(circles())
@examples(200)
def test_nobody_loses_what_is_kept_where_changes_need_each_other_in_a_circle(edited: Edited) -> None:
    check(edited)


worlds = st.integers(0, 2**32).map(lambda seed: world(Random(seed), TODAY))  # noqa: S311  no secret


@given(worlds, worlds)
@examples(200)
def test_all_changes_after_the_removals_reach_what_they_reach_at_once(
    before: Desired, after: Desired
) -> None:
    held = live(map(accepted, before.resources.values()))
    changes = diff(after, held).changes
    found = select_removals(order(Delta(held.resources, changes), TODAY))
    reduced = made(held, found.changes, SCOPE)
    finished = made(reduced, diff(after, reduced).changes, SCOPE)

    assert finished.resources == made(held, changes, SCOPE).resources
    assert {each.action for each in found.changes} <= {"delete", "update"}

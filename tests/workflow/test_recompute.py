"""What a saved plan says of reasons and order counts for nothing: apply computes both from the portal."""

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PlanError
from reconciler.model.plan import Change, Plan
from reconciler.model.resource import Desired, Live, Resource
from reconciler.testing.generators import world
from reconciler.testing.harness import SCOPE
from reconciler.testing.harness import plan as plan_to
from reconciler.workflow.recompute import deduced, recomputed
from tests.states import made

TODAY, LATER = "2026-11-24", "2027-02-01"
RANDOM = st.randoms(use_true_random=True)


def drawn(random: Random) -> tuple[Desired, Live, Plan]:
    """Return what is asked for, what is held, and the plan that leads from one to the other."""
    first, second = world(random, TODAY), world(random, random.choice((TODAY, LATER)))
    nothing = Live("portal-1", {}, {})
    live = made(nothing, plan_to(first, nothing).changes, SCOPE)
    return second, live, plan_to(second, live)


def forged(plan: Plan, random: Random) -> Plan:
    """Return the plan with the same effects and everything else made up."""
    ids = [change.id for change in plan.changes]
    changes = [
        msgspec.structs.replace(
            change,
            because=random.choice((None, "expired", "blocked", "ended", "suspended")),
            needs=tuple(random.sample(ids, random.randint(0, len(ids)))),
            fields=(),
        )
        for change in plan.changes
    ]
    random.shuffle(changes)
    return msgspec.structs.replace(plan, changes=tuple(changes), today="2099-01-01")


def plain(plan: Plan) -> list[Change]:
    return [msgspec.structs.replace(change, fields=(), because=None) for change in plan.changes]


@given(random=RANDOM)
def test_law_a_plan_is_what_the_files_and_the_portal_make_of_its_effects(random: Random) -> None:
    desired, live, plan = drawn(random)

    found = recomputed(forged(plan, random), desired, live)

    assert [msgspec.structs.replace(each, fields=()) for each in found.changes] == [
        msgspec.structs.replace(each, fields=()) for each in plan.changes
    ]


@given(random=RANDOM)
def test_law_whatever_a_saved_plan_says_its_order_is_that_of_its_effects(random: Random) -> None:
    desired, live, plan = drawn(random)
    proven = deduced(plan, live, desired.today)

    honest, other = recomputed(plan, proven, live), recomputed(forged(plan, random), proven, live)

    assert plain(other) == plain(honest)
    assert {each.because for each in other.changes} <= {None, "expired"}
    assert {each.id for each in other.changes if each.because} == {
        each.id for each in plan.changes if each.because
    }


def held(*resources: Resource) -> Live:
    return Live("portal-1", {each.id: each for each in resources}, {})


def deletion(resource: Resource) -> Change:
    return Change(id=resource.id, kind=resource.kind, action="delete", before=resource.fields)


ACME = Resource("partner/acme", {"status": "active"}, SCOPE)
OPS = Resource("team/acme/ops", {"delegated": True}, SCOPE)
GOLD = Resource("access-group/gold", {}, SCOPE)
GRANT = Resource("grant/gold/team/acme/ops", {"level": "view"})
ENDED = Resource("grant/gold/team/acme/dev", {"level": "view", "until": "2026-11-23"})
ENDS = Resource("grant/gold/team/acme/web", {"level": "view", "until": TODAY})
ANA = Resource("membership/acme/ops/ana@acme.example", {"role": "admin", "until": "2026-11-23"})
BO = Resource("membership/acme/ops/bo@acme.example", {"role": "member", "until": "2026-11-23"})
EVERYTHING = (ACME, OPS, GOLD, GRANT, ENDED, ENDS, ANA, BO)
PORTAL = held(*EVERYTHING)
ALL = tuple(deletion(each) for each in (GRANT, ENDED, ENDS, ANA, BO))


def reasons(*changes: Change, live: Live = PORTAL) -> dict[str, str | None]:
    """Return why the changes remove what they remove, as far as the portal proves it."""
    plan = Plan(
        reconciler="1",
        portal="local",
        portal_id="portal-1",
        scope=SCOPE,
        created="",
        today=TODAY,
        changes=changes,
    )
    found = recomputed(plan, deduced(plan, live, TODAY), live)
    return {each.id: each.because for each in found.changes if each.because}


def test_what_has_ended_in_the_portal_is_expired_but_the_members_of_delegated_teams() -> None:
    assert reasons(*ALL) == {ENDED.id: "expired", ANA.id: "expired"}


def test_grants_of_a_partner_that_is_or_becomes_suspended_are_suspended() -> None:
    suspend = Change(
        id=ACME.id, kind="partner", action="update", before=ACME.fields, after={"status": "suspended"}
    )
    was = held(
        *(
            Resource(each.id, {"status": "suspended"}, each.owner_label) if each is ACME else each
            for each in EVERYTHING
        )
    )

    assert reasons(deletion(GRANT), suspend) == reasons(deletion(GRANT), live=was) == {GRANT.id: "suspended"}


def test_members_whom_the_partner_blocks_are_blocked() -> None:
    block = Change(
        id=ACME.id,
        kind="partner",
        action="update",
        before=ACME.fields,
        after={"blocked": ["bo@acme.example"]},
    )

    assert reasons(deletion(BO), block) == {BO.id: "blocked"}


def test_that_a_partner_or_a_team_has_ended_stands_in_its_file_alone() -> None:
    assert reasons(*(deletion(each) for each in (ACME, OPS, GRANT))) == {}


def test_changes_that_need_one_another_in_a_circle_are_refused() -> None:
    teams = [Resource(f"team/acme/{name}", {}, SCOPE) for name in ("a", "b")]
    swapped = [
        Change(id=each.id, kind="team", action="update", renamed_from=other.id, before={}, after={})
        for each, other in zip(teams, reversed(teams), strict=True)
    ]

    with pytest.raises(PlanError, match="depend on each other in a cycle"):
        reasons(*swapped, live=held(ACME, *teams))

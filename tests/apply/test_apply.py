import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.apply import ExecutorOptions, apply, verify
from reconciler.diff import diff
from reconciler.errors import PlanError, PortalError
from reconciler.model.document import Document
from reconciler.model.plan import Change, Plan, with_digests
from reconciler.model.portal import Capabilities, Lease, Progress
from reconciler.model.receipt import Receipt, Traffic
from reconciler.model.resource import Live, Resource
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.embedded.adapter import CAPABILITIES
from tests.builders import group, partner, team
from tests.states import TODAY, holding, live, made, member, wanted

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANA = "membership/acme/integration/ana@acme.example"


class Scripted:
    """A portal that keeps what it is told, but for what it refuses or whose answers get lost."""

    def __init__(self, refuses: str = "", loses: str = "") -> None:
        self.written: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self._refuses = refuses
        self._loses = loses

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        raise NotImplementedError

    async def take_lease(self, lease: Lease) -> None:
        raise NotImplementedError

    async def release_lease(self, lease: Lease) -> None:
        raise NotImplementedError

    @property
    def traffic(self) -> Traffic:
        raise NotImplementedError

    def batch_key(self, change: Change) -> str | None:  # noqa: ARG002  the portal's signature
        return None

    async def resolve(self, change: Change) -> Resolution:  # noqa: ARG002  the portal's signature
        return Resolution("unknown")

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        [change] = batch
        assert owner_label == "our-company"
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if change.id == self._refuses:
            return [WriteResult("failed", "409 name taken")]
        self.written.append(change.id)
        if change.id == self._loses:
            return [WriteResult("unknown", "the answer was lost")]
        return [WriteResult("applied")]


def planned(state: Live, *documents: Document) -> Plan:
    return with_digests(
        Plan(
            reconciler="0.1.0",
            portal="local",
            portal_id=state.portal_id,
            scope="our-company",
            created="2026-11-24T04:30:00Z",
            today=TODAY,
            changes=diff(wanted(*documents), state).changes,
        )
    )


def run(portal: Scripted, plan: Plan, at_once: int = 4) -> Receipt:
    return run_with_progress(portal, plan, at_once)[0]


def run_with_progress(portal: Scripted, plan: Plan, at_once: int = 4) -> tuple[Receipt, list[Any]]:
    steps: list[Any] = []
    options = ExecutorOptions(at_once=at_once, now=lambda: NOON, progress=lambda *step: steps.append(step))
    return asyncio.run(apply(plan, portal, options)), steps


def outcomes(receipt: Receipt) -> dict[str, str]:
    return {
        entry.id: f"{entry.outcome}: {entry.message}" if entry.message else entry.outcome
        for entry in receipt.entries
    }


def test_a_refusal_skips_only_what_needs_it() -> None:
    plan = planned(live(), partner("acme", team()), partner("bolt", team("ops", "bo@bolt.example")))

    assert outcomes(run(Scripted(refuses="partner/acme"), plan)) == {
        "partner/acme": "failed: 409 name taken",
        "partner/bolt": "applied",
        "team/acme/integration": "skipped: needs partner/acme",
        "team/bolt/ops": "applied",
        ANA: "skipped: needs team/acme/integration",
        "membership/bolt/ops/bo@bolt.example": "applied",
    }


def test_progress_counts_only_changes_that_were_sent() -> None:
    plan = planned(live(), partner("acme", team()), partner("bolt", team("ops", "bo@bolt.example")))

    _, steps = run_with_progress(Scripted(refuses="partner/acme"), plan)

    assert steps == [("apply", number, 6) for number in (1, 2, 3, 4)]


def test_what_needs_a_change_whose_answer_was_lost_is_skipped() -> None:
    plan = planned(live(), partner("acme", team()))

    assert outcomes(run(Scripted(loses="team/acme/integration"), plan)) == {
        "partner/acme": "applied",
        "team/acme/integration": "unknown: the answer was lost",
        ANA: "skipped: needs team/acme/integration",
    }


def test_a_receipt_counts_what_was_done_and_when() -> None:
    plan = planned(live(), partner("acme", team()))

    receipt = run(Scripted(refuses=ANA), plan)

    assert (
        receipt.plan,
        receipt.outcome,
        receipt.summary.applied,
        receipt.summary.failed,
        receipt.started,
    ) == (
        plan.digest,
        "incomplete",
        2,
        1,
        "2026-11-24T12:00:00Z",
    )


def test_a_plan_without_changes_is_complete() -> None:
    assert run(Scripted(), planned(live())).outcome == "complete"


def test_changes_are_written_side_by_side_and_no_more_than_asked() -> None:
    plan = planned(live(), *[partner(f"p{number}") for number in range(20)])
    portal = Scripted()

    run(portal, plan, at_once=3)

    assert portal.most_at_once == 3


def test_deletions_wait_for_creations() -> None:
    state = live(holding(partner("acme", team(access=["gold"])), group("gold"), group("silver")))
    plan = planned(state, partner("acme", team(access=["silver"])), group("gold"), group("silver"))
    portal = Scripted()

    run(portal, plan)

    assert portal.written == [
        "grant/silver/team/acme/integration",
        "grant/gold/team/acme/integration",
    ]


def refusal(plan: Plan, state: Live, today: str = TODAY) -> str:
    with pytest.raises(PlanError) as refused:
        verify(plan, state, today)
    return refused.value.message


def test_a_plan_whose_objects_moved_is_refused_and_each_is_named() -> None:
    state = live(holding(partner("acme", team(), team("ops")), group("gold")))
    plan = planned(
        state,
        partner("acme", team(displayName="Integration"), agreement="MSA-2"),
        group("gold", displayName="Au"),
        group("silver"),
    )
    moved = live(
        [
            *[each for each in state.resources.values() if each.id != "access-group/gold"],
            Resource("access-group/silver", {}),
            Resource("partner/acme", {"displayName": "Somebody was here"}, "our-company"),
            member("new@acme.example", "acme/ops"),
        ]
    )

    assert refusal(plan, moved) == (
        "the portal has changed since the plan was made:\n"
        "  partner/acme: has changed\n"
        "  access-group/gold: no longer exists\n"
        "  access-group/silver: now exists\n"
        "  team/acme/ops: has changed"
    )


def test_of_a_plan_that_is_long_stale_twenty_objects_are_named() -> None:
    plan = planned(live(holding(*[group(f"g{each:02}") for each in range(24)])))
    message = refusal(plan, live()).splitlines()

    assert (len(message), message[-2:]) == (22, ["  access-group/g19: no longer exists", "  and 4 more"])


def test_a_plan_that_fits_is_not_refused() -> None:
    state = live(holding(partner("acme", team()), group("gold")))

    verify(planned(state, partner("apex", metadata={"previously": "acme"}), group("silver")), state, TODAY)


def test_a_plan_with_missing_or_unmanaged_parents_is_refused() -> None:
    state = live(holding(partner("acme", team()), partner("bolt", team("ops", "x@bolt.example"))))
    plan = planned(
        state,
        partner("acme", team("integration", "ana@acme.example", "bo@acme.example")),
        partner("bolt", team("ops", "x@bolt.example", "y@bolt.example")),
    )
    moved = live(
        [
            *[each for each in state.resources.values() if not each.id.startswith("team/")],
            Resource("team/bolt/ops", state.resources["team/bolt/ops"].fields, "other"),
        ]
    )

    assert refusal(plan, moved) == (
        "the portal has changed since the plan was made:\n"
        "  team/acme/integration: required parent no longer exists\n"
        "  team/bolt/ops: no longer has this configuration's owner label"
    )


def test_a_plan_of_another_portal_is_refused_by_its_id() -> None:
    plan = planned(live())

    assert refusal(plan, Live("portal-2", {}, {})) == (
        "the plan was made for another portal: portal-1; this portal is portal-2"
    )


def test_a_plan_with_an_end_that_has_passed_since_is_refused() -> None:
    files = (group("gold", grants=[{"developer": "sam@indie.example", "until": "2026-11-30"}]),)

    assert refusal(planned(live(), *files), live(), "2026-12-01") == (
        "the portal has changed since the plan was made:\n"
        "  grant/gold/developer/sam@indie.example: the last day 2026-11-30 has passed"
    )


def test_an_incomplete_read_decides_nothing() -> None:
    with pytest.raises(PortalError) as refused:
        verify(planned(live()), live(problem="a page of /teams was short"), TODAY)

    assert refused.value.message == "the portal could not be read completely: a page of /teams was short"


MANY = st.lists(st.sampled_from(["a", "b", "c"]), unique=True)


@st.composite
def files(draw: st.DrawFn) -> list[Document]:
    """Draw partners, teams, people and groups whose names overlap between draws."""
    groups = draw(MANY)
    return [
        *[
            partner(
                name,
                *[
                    team(
                        each,
                        *draw(st.lists(st.sampled_from(["x@a.test", "y@a.test"]), min_size=1, unique=True)),
                        members=draw(st.sampled_from(["delegated", [], ["z@a.test"]])),
                        access=draw(st.lists(st.sampled_from(groups), unique=True)) if groups else [],
                        displayName=draw(st.sampled_from(["A", "B"])),
                    )
                    for each in draw(MANY)
                ],
                status=draw(st.sampled_from(["active", "active", "suspended", "ended"])),
            )
            for name in draw(MANY)
        ],
        *[group(name, apis=draw(MANY), displayName=draw(st.sampled_from(["A", "B"]))) for name in groups],
    ]


@given(before=files(), after=files())
def test_applying_a_difference_reaches_what_is_wanted(before: list[Document], after: list[Document]) -> None:
    state = live(holding(*before))
    changes = diff(wanted(*after), state).changes

    assert diff(wanted(*after), made(state, changes, "our-company")).changes == ()


@given(before=files(), after=files(), refused=st.integers(min_value=0))
def test_a_receipt_has_one_entry_a_change_and_a_plan_of_the_rest_finishes(
    before: list[Document], after: list[Document], refused: int
) -> None:
    state = live(holding(*before))
    plan = planned(state, *after)
    ids = [change.id for change in plan.changes]
    receipt = run(Scripted(refuses=ids[refused % len(ids)] if ids else ""), plan)
    applied = {entry.id for entry in receipt.entries if entry.outcome == "applied"}

    between = made(state, [change for change in plan.changes if change.id in applied], "our-company")
    rest = diff(wanted(*after), between).changes

    assert ([entry.id for entry in receipt.entries], {change.id for change in rest}) == (
        ids,
        set(ids) - applied,
    )


@given(before=files(), after=files())
def test_every_change_comes_after_what_it_needs(before: list[Document], after: list[Document]) -> None:
    changes = diff(wanted(*after), live(holding(*before))).changes
    places = {change.id: place for place, change in enumerate(changes)}

    assert all(places[need] < places[change.id] for change in changes for need in change.needs)

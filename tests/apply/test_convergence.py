import asyncio
from collections.abc import Sequence

from reconciler.apply import verify_convergence
from reconciler.errors import PortalError
from reconciler.model.document import Document
from reconciler.model.plan import Plan
from reconciler.model.portal import Progress
from reconciler.model.receipt import Entry, NotConverged, Outcome, Receipt, summarize
from reconciler.model.resource import Live, Resource
from reconciler.model.snapshot import Selection, Snapshot
from tests.apply.test_apply import Scripted, planned
from tests.builders import group, partner, team
from tests.states import holding, live, made, snapshot

NAPS = list[float]


class Answering(Scripted):
    """A portal that is read again and again, and holds the next state each time."""

    def __init__(self, *states: Live | Exception) -> None:
        super().__init__()
        self._states = list(states)

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:  # noqa: ARG002  the portal's signature
        assert selection.owner_label == "our-company"
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        if isinstance(state, Exception):
            raise state
        return snapshot(state)


def receipt(plan: Plan, outcome: Outcome = "applied") -> Receipt:
    entries = tuple(Entry(change.id, change.action, outcome) for change in plan.changes)
    return Receipt(
        plan=plan.digest,
        portal="local",
        started="2026-11-24T12:00:00Z",
        finished="2026-11-24T12:00:01Z",
        outcome="complete",
        summary=summarize(entries),
        entries=entries,
    )


def settled(
    plan: Plan, states: Sequence[Live | Exception], outcome: Outcome = "applied"
) -> tuple[bool | None, tuple[NotConverged, ...], NAPS]:
    naps: NAPS = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    found = asyncio.run(
        verify_convergence(plan, receipt(plan, outcome), Answering(*states), nap, lambda *_: None),
    )
    return found.converged, found.unsettled, naps


STATE = live(holding(partner("acme", team()), group("gold", apis=["a"])))
FILES: tuple[Document, ...] = (
    partner("acme", team(displayName="Integration"), agreement="MSA-2"),
    group("silver", apis=["a"]),
)


def test_what_is_there_as_it_was_written_has_converged() -> None:
    plan = planned(STATE, *FILES)

    assert settled(plan, [made(STATE, plan.changes, "our-company")]) == (True, (), [])


def test_a_portal_that_follows_late_is_waited_for() -> None:
    plan = planned(STATE, *FILES)

    assert settled(plan, [STATE, made(STATE, plan.changes, "our-company")]) == (True, (), [1.0])


def test_what_did_not_stick_is_named_with_how_it_differs() -> None:
    plan = planned(STATE, *FILES)
    held = made(STATE, plan.changes, "our-company").resources
    without = {each: held[each] for each in held if each != "access-group/silver"}
    kept = STATE.resources["access-group/gold"]
    acme = Resource(
        "partner/acme", {**held["partner/acme"].fields, "agreement": "MSA-1", "blocked": ["x@y.test"]}
    )
    wrong = live([*without.values(), acme, kept])

    assert settled(plan, [wrong]) == (
        False,
        (
            NotConverged(
                "partner/acme",
                'agreement is "MSA-1", expected "MSA-2"; blocked is ["x@y.test"], expected not set',
            ),
            NotConverged("access-group/silver", "does not exist"),
            NotConverged("access-group/gold", "still exists"),
        ),
        [1.0, 2.0, 4.0],
    )


def test_convergence_is_unknown_if_the_portal_cannot_be_read() -> None:
    plan = planned(STATE, *FILES)

    assert [
        settled(plan, [PortalError("no answer")]),
        settled(plan, [live(problem="a page was short")]),
    ] == [(None, (), []), (None, (), [])]


def test_what_was_not_applied_is_not_looked_for() -> None:
    plan = planned(STATE, *FILES)

    assert settled(plan, [PortalError("nobody asks")], "failed") == (None, (), [])

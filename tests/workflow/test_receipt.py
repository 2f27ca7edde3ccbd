"""What a receipt says of who applied, and who gained and lost access by it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from reconciler.model.access import AccessChange, Impact
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Capabilities, Lease, Progress
from reconciler.model.receipt import Receipt, Traffic
from reconciler.model.resource import Live
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.workflow.apply import ApplyOptions, apply
from tests.apply.test_apply import planned
from tests.builders import configuration, group, partner, team
from tests.states import TODAY, holding, live, made, snapshot

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANA, BO = "ana@acme.example", "bo@acme.example"
GROUPS = (group("tracking", apis=["track"]), group("rates", apis=["rates"]))


class Holding:
    """A portal that holds what is written, but for one change that it refuses."""

    capabilities: Capabilities = msgspec.structs.replace(CAPABILITIES, leases=False)
    traffic = Traffic()

    def __init__(self, held: Live, refuses: str) -> None:
        self._held = held
        self._refuses = refuses

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:  # noqa: ARG002  the protocol's
        return snapshot(self._held)

    def batch_key(self, change: Change) -> None: ...

    async def resolve(self, change: Change) -> Resolution:
        raise NotImplementedError

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        if batch[0].id == self._refuses:
            return [WriteResult("failed", "409 refused")]
        self._held = made(self._held, batch, owner_label)
        return [WriteResult("applied")]

    async def take_lease(self, lease: Lease) -> None:
        raise NotImplementedError

    async def release_lease(self, lease: Lease) -> None:
        raise NotImplementedError


def applied(plan: Plan, held: Live, refuses: str = "") -> Receipt:
    terms = ApplyOptions(today=TODAY, now=lambda: NOON, progress=lambda *_: None, applied_by="ana@laptop")
    return asyncio.run(apply(plan, Holding(held, refuses), configuration(), terms))


def row(api: str, group: str, *people: str, gains: bool = True) -> AccessChange:
    via = (f"access-group/{group}",)
    if gains:
        return AccessChange(api, "none", "consume", "acme/web", people, via, None)
    return AccessChange(api, "consume", "none", "acme/web", people, via, None)


BEFORE = partner("acme", team("web", ANA, BO, access=["tracking"]))
AFTER = partner("acme", team("web", ANA, BO, access=["rates"]))
GAINED, LOST = row("rates", "rates", ANA, BO), row("track", "tracking", ANA, BO, gains=False)


@pytest.mark.parametrize(
    ("refuses", "access"),
    [
        ("", Impact((GAINED,), (LOST,))),
        ("grant/rates/team/acme/web", Impact((), (LOST,))),
        ("grant/tracking/team/acme/web", Impact((GAINED,), ())),
    ],
)
def test_a_receipt_names_who_applied_and_who_gained_and_lost_by_what_was_applied(
    refuses: str, access: Impact
) -> None:
    held = live(holding(BEFORE, *GROUPS))
    receipt = applied(planned(held, AFTER, *GROUPS), held, refuses)

    assert (receipt.applied_by, receipt.access) == ("ana@laptop", access)


def test_where_nothing_was_applied_nobody_gained_or_lost_anything() -> None:
    held = live(holding(BEFORE, *GROUPS))

    assert applied(planned(held, BEFORE, *GROUPS), held).access == Impact()

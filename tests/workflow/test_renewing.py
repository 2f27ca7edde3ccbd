"""Whoever may still begin to write holds the lease, however slow or broken the line to the portal is."""

import asyncio
from collections.abc import Sequence
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PortalError
from reconciler.model.cancellation import Stop
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Lease, LeaseHeldError, Progress
from reconciler.model.receipt import Traffic
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.workflow.lease import LEASE_SECONDS, leased
from tests.portals.clocks import MovingLoop, hurrying, run_on

OURS = Lease("ours", "run 1", LEASE_SECONDS)
NEVER = 1e9


class Reply(msgspec.Struct, frozen=True):
    """What becomes of one request for the lease, and how many seconds it and its answer are under way."""

    outcome: Literal["granted", "failed", "lost", "held"] = "granted"
    there: float = 0
    back: float = 0


class Scripted:
    """A portal that grants its lease as it is told to: one reply a request, the last one again and again."""

    capabilities: Capabilities = CAPABILITIES
    traffic = Traffic(0, 0, 0, 0)

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.ends = 0.0
        self.released = False

    async def take_lease(self, lease: Lease) -> None:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        await asyncio.sleep(reply.there)
        if reply.outcome == "held":
            raise LeaseHeldError("run 2 has it")
        if reply.outcome != "failed":
            self.ends = now() + lease.seconds
        await asyncio.sleep(reply.back)
        if reply.outcome != "granted":
            raise PortalError("something broke")

    async def release_lease(self, lease: Lease) -> None:  # noqa: ARG002  the portal's signature
        await asyncio.sleep(self.replies[0].there)
        self.released = True

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        raise NotImplementedError

    def batch_key(self, change: Change) -> str | None:
        raise NotImplementedError

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        raise NotImplementedError

    async def resolve(self, change: Change) -> Resolution:
        raise NotImplementedError


def now() -> float:
    return asyncio.get_running_loop().time()


class Written(msgspec.Struct, frozen=True):
    """How a run ended: why, after how many seconds, and in which of them it might have written unheld."""

    reason: str
    seconds: float
    unheld: list[float] = []


def writing(*replies: Reply, seconds: int = 600) -> Written:
    """Hold the lease for so long, unless asked to stop."""
    portal, stop = Scripted(*replies), Stop()
    unheld: list[float] = []

    async def act(_: MovingLoop) -> Written:
        async with leased(portal, OURS, 0, stop, lambda _line: None):
            began = now()
            while not stop.reason and now() < began + seconds:
                if now() >= portal.ends:
                    unheld.append(now() - began)
                await asyncio.sleep(1)
            return Written(stop.reason, now() - began, unheld)

    try:
        return run_on(hurrying(), act)
    except PortalError as error:
        return Written(str(error), 0, unheld)


GOOD = Reply()
BROKEN = "the lease could not be renewed: something broke"
SILENT = "the lease could not be renewed: no response in time"


@pytest.mark.parametrize(
    ("replies", "reason", "seconds"),
    [
        ([GOOD], "", 600),
        ([GOOD, *[Reply("failed")] * 30, GOOD], "", 600),
        ([GOOD, Reply(there=39), GOOD], "", 600),
        ([GOOD, Reply(back=24)], "", 600),
        ([GOOD, Reply("failed")], BROKEN, 50),
        ([GOOD, Reply("failed", there=15)], BROKEN, 50),
        ([GOOD, Reply("lost", back=15)], BROKEN, 50),
        ([GOOD, Reply(there=NEVER)], SILENT, 50),
        ([GOOD, Reply(back=NEVER)], SILENT, 50),
        ([GOOD, GOOD, Reply("held")], "the lease was lost: run 2 has it", 20),
        ([Reply(back=15), Reply("failed")], BROKEN, 35),
        ([Reply(there=60), GOOD], "", 600),
        ([Reply(back=50)], "the portal takes too long to grant its lease; nothing was written", 0),
        ([Reply("failed")], "something broke", 0),
    ],
)
def test_a_run_goes_on_while_the_lease_is_renewed_and_stops_in_time(
    replies: list[Reply], reason: str, seconds: float
) -> None:
    written = writing(*replies)

    # What is done at the same moment may come a second after it.
    assert (written.reason, written.unheld) == (reason, [])
    assert seconds <= written.seconds <= seconds + 1


def test_a_lease_that_cannot_be_given_back_is_not_waited_for() -> None:
    portal = Scripted(GOOD)

    async def act(loop: MovingLoop) -> float:
        async with leased(portal, OURS, 0, Stop(), lambda _line: None):
            portal.replies[0] = Reply(there=NEVER)
        return loop.time()

    assert (run_on(hurrying(), act), portal.released) == (10, False)


def test_who_waits_for_it_waits_no_longer_than_was_said_however_slow_the_portal_is() -> None:
    async def act(loop: MovingLoop) -> tuple[str, float]:
        with pytest.raises(LeaseHeldError) as held:
            async with leased(Scripted(Reply("held", there=7)), OURS, 30, Stop(), told.append):
                raise AssertionError("somebody else has it")
        return held.value.message, loop.time()

    told: list[str] = []

    assert (run_on(hurrying(), act), told) == (("run 2 has it", 31), ["run 2 has it; waiting for it"])


REPLIES = st.builds(
    Reply,
    outcome=st.sampled_from(["granted", "granted", "failed", "lost"]),
    there=st.integers(0, 70),
    back=st.integers(0, 70),
)


@given(replies=st.lists(REPLIES, min_size=1, max_size=9))
def test_law_who_is_not_asked_to_stop_holds_the_lease(replies: list[Reply]) -> None:
    assert writing(*replies).unheld == []

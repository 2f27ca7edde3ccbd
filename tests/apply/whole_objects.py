"""A portal that stores each team as a whole, and what happened in it, in order."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from reconciler.apply import ExecutorOptions, apply
from reconciler.model.cancellation import Stop
from reconciler.model.journal import Journal
from reconciler.model.plan import Change, Plan, with_digests
from reconciler.model.portal import Capabilities, Lease, Progress
from reconciler.model.receipt import Entry, Receipt, Traffic
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.embedded.adapter import CAPABILITIES

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
Answer = Callable[[Sequence[Change]], Sequence[WriteResult]]


def change(resource_id: str, *needs: str) -> Change:
    kind = resource_id.partition("/")[0]
    return Change(id=resource_id, kind=kind, action="create", after={}, needs=needs)


def member(name: str, team: str = "acme/web", *needs: str) -> Change:
    return change(f"membership/{team}/{name}@acme.example", *needs)


class WholeTeams:
    """A portal that takes the memberships of a team together; `answers` says what it does with a batch.

    `events` are the beginnings, writes, resolutions and ends, in order. `resolutions` are by id, in order.
    """

    def __init__(
        self,
        size: int = 10,
        answers: Answer | None = None,
        resolutions: Mapping[str, Sequence[Resolution]] = {},
    ) -> None:
        self.capabilities: Capabilities = msgspec.structs.replace(CAPABILITIES, batch_size=size)
        self.traffic = Traffic()
        self.events: list[tuple[str, ...]] = []
        self.overlaps = 0
        self._answers = answers or (lambda batch: [WriteResult("applied") for _ in batch])
        self._resolutions = {each: list(several) for each, several in resolutions.items()}
        self._writing: list[str | None] = []

    @property
    def batches(self) -> list[list[str]]:
        """The ids of each write."""
        return [ids for what, *ids in self.events if what == "write"]

    def batch_key(self, change: Change) -> str | None:
        return change.id.rpartition("/")[0] if change.kind == "membership" else None

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        assert owner_label == "our-company"
        key = self.batch_key(batch[0])
        self.overlaps += key is not None and key in self._writing
        self._writing.append(key)
        self.events.append(("write", *(each.id for each in batch)))
        await asyncio.sleep(0)
        self._writing.remove(key)
        return self._answers(batch)

    async def resolve(self, change: Change) -> Resolution:
        self.events.append(("resolve", change.id))
        return self._resolutions[change.id].pop(0)

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        raise NotImplementedError

    async def take_lease(self, lease: Lease) -> None:
        raise NotImplementedError

    async def release_lease(self, lease: Lease) -> None:
        raise NotImplementedError


class EventJournal:
    """A journal whose disk is slow."""

    def __init__(self, events: list[tuple[str, ...]]) -> None:
        self._events = events

    async def begin(self, change_ids: Iterable[str]) -> None:
        begun = [("begin", each) for each in change_ids]
        await asyncio.sleep(0.001)
        self._events.extend(begun)

    def end(self, entries: Iterable[Entry]) -> None:
        self._events.extend(("end", each.id) for each in entries)


def applied(
    portal: WholeTeams, *changes: Change, stop: Stop | None = None, journal: Journal | None = None
) -> Receipt:
    """Apply changes, four at once; without a journal, their beginnings and ends are events of the portal."""
    plan = with_digests(
        Plan(
            reconciler="0.1.0",
            portal="local",
            portal_id="portal-1",
            scope="our-company",
            created="2026-11-24T04:30:00Z",
            today="2026-11-24",
            changes=changes,
        )
    )
    options = ExecutorOptions(
        at_once=4,
        now=lambda: NOON,
        progress=lambda *_: None,
        journal=journal or EventJournal(portal.events),
        stop=stop or Stop(),
    )
    return asyncio.run(apply(plan, portal, options))


def outcomes(receipt: Receipt) -> list[tuple[str, str, int]]:
    return [(entry.outcome, entry.message, entry.attempts) for entry in receipt.entries]

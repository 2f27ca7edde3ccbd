"""Adapters of portals without versions read an object before they write it, and after a lost answer."""

import asyncio
from typing import Any

import pytest

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.errors import ApiError
from reconciler.http.request import Tally
from reconciler.model.plan import Change
from reconciler.model.portal import Progress
from reconciler.model.resource import Resource
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.portals.unversioned import Key, Mapped, UnversionedAdapter
from tests.http.scripted import Line, client, ok

TEAM = "team/acme/ops"
ONE = {"displayName": "One"}
TWO = {"displayName": "Two"}
CREATE = Change(id=TEAM, kind="team", action="create", after=ONE)
UPDATE = Change(id=TEAM, kind="team", action="update", before=ONE, after=TWO)
RENAME = Change(id="team/acme/dev", kind="team", action="update", renamed_from=TEAM, before=ONE, after=ONE)
ADOPT = Change(id=TEAM, kind="team", action="adopt", before=ONE, after=ONE)
DELETE = Change(id=TEAM, kind="team", action="delete", before=ONE)
OURS = Resource(TEAM, ONE, "us")
REFUSED = ApiError("refused", "", 409)


class Memory(UnversionedAdapter):
    """A portal with one object, which raises `error` after, or instead of, a write."""

    def __init__(
        self, held: Resource | None, error: PortalError | None = None, *, writes: bool = True
    ) -> None:
        super().__init__(client(Line(ok({}))), CAPABILITIES)
        self.held = held
        self.sent: list[str] = []
        self._error = error
        self._writes = writes

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        raise NotImplementedError

    async def current(self, change: Change) -> Mapped | None:  # noqa: ARG002  there is one
        return (self.held, Key("7")) if self.held else None

    async def send(self, change: Change, owner_label: str, tally: Tally) -> str | None:
        self.sent.append(change.id)
        tally.sent += 1
        if self._writes:
            kept = change.after is not None
            self.held = Resource(change.id, dict(change.after or {}), owner_label) if kept else None
        if self._error is not None:
            raise self._error
        return "7" if change.action == "create" else None


def write(portal: Memory, change: Change) -> WriteResult:
    [result] = asyncio.run(portal.write([change], "us"))
    return result


@pytest.mark.parametrize(
    ("held", "change"),
    [
        (None, CREATE),
        (OURS, UPDATE),
        (OURS, RENAME),
        (Resource(TEAM, ONE), ADOPT),
        (Resource(TEAM, ONE, "others"), ADOPT),
        (OURS, DELETE),
    ],
)
def test_a_change_of_what_is_as_planned_is_written(held: Resource | None, change: Change) -> None:
    portal = Memory(held)

    assert (write(portal, change), portal.sent) == (WriteResult("applied"), [change.id])
    assert portal.held == (None if change is DELETE else Resource(change.id, change.after or {}, "us"))


@pytest.mark.parametrize(
    ("held", "change"),
    [
        (OURS, CREATE),
        (None, UPDATE),
        (Resource(TEAM, TWO, "us"), UPDATE),
        (Resource(TEAM, ONE, "others"), UPDATE),
        (Resource("team/acme/dev", ONE, "us"), RENAME),
        (OURS, ADOPT),
        (Resource(TEAM, ONE), DELETE),
        (None, DELETE),
    ],
)
def test_a_change_of_what_was_changed_meanwhile_is_not_sent(held: Resource | None, change: Change) -> None:
    portal = Memory(held)

    assert write(portal, change) == WriteResult("failed", f"{TEAM} has changed since it was read", 0)
    assert (portal.sent, portal.held) == ([], held)


@pytest.mark.parametrize(
    ("error", "writes", "result"),
    [
        # The answer to a second delivery is the one that arrived.
        (REFUSED, True, WriteResult("applied")),
        (REFUSED, False, WriteResult("failed", "refused", 1)),
        (ApiError("forbidden", "", 403), False, WriteResult("failed", "forbidden", 1)),
        (UnknownOutcomeError("lost"), True, WriteResult("unknown", "lost", 1)),
    ],
)
def test_a_refused_write_is_applied_if_the_object_is_as_written(
    error: PortalError, result: WriteResult, *, writes: bool
) -> None:
    assert write(Memory(None, error, writes=writes), CREATE) == result


@pytest.mark.parametrize("change", [CREATE, UPDATE, RENAME, ADOPT, DELETE])
@pytest.mark.parametrize(("writes", "outcome"), [(True, "applied"), (False, "unknown")])
def test_a_lost_answer_is_looked_up_in_the_object(change: Change, outcome: Any, *, writes: bool) -> None:
    held = None if change is CREATE else Resource(TEAM, ONE, None if change is ADOPT else "us")
    portal = Memory(held, UnknownOutcomeError("lost"), writes=writes)
    write(portal, change)

    assert asyncio.run(portal.resolve(change)) == Resolution(outcome)


def test_an_object_that_cannot_be_read_has_an_unknown_outcome() -> None:
    class Silent(Memory):
        async def current(self, change: Change) -> Mapped | None:
            raise PortalError(f"{change.id} is silent")

    assert asyncio.run(Silent(None).resolve(CREATE)) == Resolution("unknown", f"{TEAM} is silent")


def test_a_refused_write_whose_object_cannot_be_read_then_has_an_unknown_outcome() -> None:
    class SilentAfterwards(Memory):
        async def current(self, change: Change) -> Mapped | None:
            if self.sent:
                raise PortalError(f"{change.id} is silent")
            return await super().current(change)

    result = write(SilentAfterwards(None, REFUSED), CREATE)

    assert result == WriteResult("unknown", f"{TEAM} is silent", 1)


def test_a_new_object_is_known_by_the_id_that_the_portal_gave_it() -> None:
    portal = Memory(None)
    write(portal, CREATE)

    assert portal.ids[TEAM] == "7"


def test_a_new_object_whose_answer_was_lost_is_known_once_it_was_looked_up() -> None:
    portal = Memory(None, UnknownOutcomeError("lost"))
    write(portal, CREATE)
    asyncio.run(portal.resolve(CREATE))

    assert portal.ids[TEAM] == "7"

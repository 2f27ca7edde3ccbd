"""One run at a time, against the real portal."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from reconciler.model.cancellation import Stop
from reconciler.model.portal import Lease, LeaseHeldError, Portal
from reconciler.workflow.lease import leased
from tests.portals.embedded.running import Running, running

OURS, THEIRS = Lease("ours", "run 1", 60), Lease("theirs", "run 2", 60)


def within(folder: Path, act: Callable[[Portal, Running], Awaitable[None]]) -> list[str]:
    """Act on a portal, and return who took the lease and gave it back."""
    with running(folder) as here:
        here.with_portal(lambda portal: act(portal, here))
        entries = [entry for entry in here.ask("GET", "/audit")["items"] if entry["kind"] == "lease"]
    return [f"{entry['action']} {(entry['before'] or entry['after'])['owner']}" for entry in entries]


def test_the_lease_is_held_while_something_is_done_and_given_back_whatever_happens(tmp_path: Path) -> None:
    async def act(portal: Portal, _: Running) -> None:
        with suppress(ZeroDivisionError):
            async with leased(portal, OURS, 0, Stop(), print):
                with pytest.raises(LeaseHeldError):
                    await portal.take_lease(THEIRS)
                raise ZeroDivisionError
        await portal.take_lease(THEIRS)

    assert within(tmp_path, act) == ["create run 1", "delete run 1", "create run 2"]


def test_who_does_not_want_to_wait_hears_who_has_it(tmp_path: Path) -> None:
    async def act(portal: Portal, _: Running) -> None:
        await portal.take_lease(THEIRS)
        with pytest.raises(LeaseHeldError) as held:
            async with leased(portal, OURS, 0, Stop(), print):
                raise AssertionError("somebody else has it")
        assert (held.value.message, held.value.hint) == (
            'portal "local": The lease is held by run 2 until 2026-11-24T04:31:00Z',
            "one run writes at a time: wait for it with --lock-timeout SECONDS, or try again later",
        )

    within(tmp_path, act)


def test_who_waits_gets_it_once_it_has_ended(tmp_path: Path) -> None:
    told: list[str] = []

    async def act(portal: Portal, here: Running) -> None:
        await portal.take_lease(THEIRS)

        def tell(line: str) -> None:
            told.append(line)
            here.clock.pass_days(1)

        async with leased(portal, OURS, 90, Stop(), tell):
            pass

    assert within(tmp_path, act) == ["create run 2", "create run 1", "delete run 1"]
    assert told == ['portal "local": The lease is held by run 2 until 2026-11-24T04:31:00Z; waiting for it']

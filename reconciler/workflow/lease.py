"""The lease of a portal: one run writes at a time, renews its lease, and stops when it loses it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from reconciler.errors import PortalError
from reconciler.model.cancellation import Stop
from reconciler.model.portal import Lease, LeaseHeldError, Portal

LEASE_SECONDS: Final = 60
# A rate-limited portal may delay requests for longer than the time between a few renewals.
_RENEW_SECONDS: Final = 10
_TRIES: Final = 3
_PAUSE_SECONDS: Final = 1.0


@asynccontextmanager
async def leased(
    portal: Portal, lease: Lease, wait_seconds: float, stop: Stop, notify: Callable[[str], None]
) -> AsyncIterator[None]:
    """Hold the lease of a portal that has leases; wait up to `wait_seconds` for it.

    Raises LeaseHeldError when another run still has it then. When the lease cannot be renewed, the run is
    asked to stop in time, so that no two runs write at once.
    """
    if not portal.capabilities.leases:
        yield
        return
    taken = await _take(portal, lease, wait_seconds, stop, notify)
    renewing = asyncio.create_task(_renew(portal, lease, stop, taken))
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        # If this fails, the next run waits for the end of the lease, which is near.
        with suppress(PortalError, TimeoutError):
            async with asyncio.timeout(_RENEW_SECONDS):
                await portal.release_lease(lease)


async def _take(
    portal: Portal, lease: Lease, wait_seconds: float, stop: Stop, notify: Callable[[str], None]
) -> float:
    """Take the lease, and return the time of the request, from which it lasts."""
    clock = asyncio.get_running_loop().time
    until, notified = clock() + wait_seconds, False
    while True:
        try:
            return await _granted(portal, lease)
        except LeaseHeldError as held:
            if clock() >= until:
                raise
            if not notified:
                notify(f"{held.message}; waiting for it")
                notified = True
        stop.check()
        await asyncio.sleep(min(_PAUSE_SECONDS, until - clock()))


async def _granted(portal: Portal, lease: Lease) -> float:
    """Take the lease, again if it may have ended before the response; return the time of the request."""
    clock = asyncio.get_running_loop().time
    for _ in range(_TRIES):
        asked = clock()
        await portal.take_lease(lease)
        if clock() < _sure_until(lease, asked):
            return asked
    raise PortalError("the portal takes too long to grant its lease; nothing was written", "try again later")


def _sure_until(lease: Lease, asked: float) -> float:
    """Return until when a lease that was requested then is valid, minus some time to finish writes."""
    return asked + lease.seconds - _RENEW_SECONDS


async def _renew(portal: Portal, lease: Lease, stop: Stop, asked: float) -> None:
    """Renew the lease regularly, until this is cancelled or the lease may be lost."""
    clock = asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(asked + _RENEW_SECONDS - clock())
        until, asked = _sure_until(lease, asked), clock()
        if reason := await _lost(portal, lease, until):
            return stop.ask(reason)


async def _lost(portal: Portal, lease: Lease, until: float) -> str:
    """Try until then to renew the lease; return why it is lost, or may soon be, else an empty text."""
    why = "no response in time"
    with suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            while True:
                try:
                    await portal.take_lease(lease)
                except LeaseHeldError as held:
                    return f"the lease was lost: {held.message}"
                except PortalError as error:
                    why = error.message
                else:
                    return ""
                await asyncio.sleep(_PAUSE_SECONDS)
    return f"the lease could not be renewed: {why}"

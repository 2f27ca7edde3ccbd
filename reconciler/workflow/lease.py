"""One at a time: a run says that it writes, goes on saying so, and stops when it may not any more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from reconciler.errors import InputError, PortalError
from reconciler.model.cancellation import Stop
from reconciler.model.portal import Lease, LeaseHeldError, Portal

LEASE_SECONDS: Final = 60
# A portal may ask everybody to wait, for longer than a few renewals are apart.
_RENEW_SECONDS: Final = 10
_TRIES: Final = 3
_PAUSE_SECONDS: Final = 1.0


@asynccontextmanager
async def leased(
    portal: Portal, lease: Lease, patience: float, stop: Stop, tell: Callable[[str], None]
) -> AsyncIterator[None]:
    """Hold the portal's lease, where it offers one; wait for it as many seconds as `patience` has.

    Raises HeldError when somebody else still has it then. When it cannot be renewed, the run is asked to stop
    in time, so that nobody else writes beside it.
    """
    if not portal.capabilities.leases:
        yield
        return
    taken = await _take(portal, lease, patience, stop, tell)
    renewing = asyncio.create_task(_renew(portal, lease, stop, taken))
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        # Whoever comes next waits for its end, which is near.
        with suppress(PortalError, TimeoutError):
            async with asyncio.timeout(_RENEW_SECONDS):
                await portal.release_lease(lease)


async def _take(
    portal: Portal, lease: Lease, patience: float, stop: Stop, tell: Callable[[str], None]
) -> float:
    """Take the lease, and return when it was asked for: it lasts from then on at least."""
    clock = asyncio.get_running_loop().time
    until, told = clock() + patience, False
    while True:
        try:
            return await _granted(portal, lease)
        except LeaseHeldError as held:
            if clock() >= until:
                raise
            if not told:
                tell(f"{held.message}; waiting for it")
                told = True
        if stop.reason:
            raise InputError(f"{stop.reason}: nothing was written")
        await asyncio.sleep(min(_PAUSE_SECONDS, until - clock()))


async def _granted(portal: Portal, lease: Lease) -> float:
    """Take the lease, again if it may have ended before the answer came; return when it was asked for."""
    clock = asyncio.get_running_loop().time
    for _ in range(_TRIES):
        asked = clock()
        await portal.take_lease(lease)
        if clock() < _sure_until(lease, asked):
            return asked
    raise PortalError("the portal takes too long to grant its lease; nothing was written", "try again later")


def _sure_until(lease: Lease, asked: float) -> float:
    """Return until when a lease that was asked for then is surely ours, with some time to finish writes."""
    return asked + lease.seconds - _RENEW_SECONDS


async def _renew(portal: Portal, lease: Lease, stop: Stop, asked: float) -> None:
    """Renew the lease again and again, until this is cancelled or it is not surely ours any more."""
    clock = asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(asked + _RENEW_SECONDS - clock())
        until, asked = _sure_until(lease, asked), clock()
        if reason := await _lost(portal, lease, until):
            return stop.ask(reason)


async def _lost(portal: Portal, lease: Lease, until: float) -> str:
    """Try until then to renew the lease; return why it is another's, or may soon be, else nothing."""
    why = "no answer in time"
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

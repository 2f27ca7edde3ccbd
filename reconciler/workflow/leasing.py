"""One at a time: a run says that it writes, goes on saying so, and stops when it may not any more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from reconciler.errors import InputError, PortalError
from reconciler.model.portal import HeldError, Lease, Portal
from reconciler.model.stop import Stop

LEASE_SECONDS: Final = 60
_RENEWALS: Final = 3
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
    await _take(portal, lease, patience, stop, tell)
    renewing = asyncio.create_task(_renew(portal, lease, stop))
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        # Whoever comes next waits for its end, which is near.
        with suppress(PortalError):
            await portal.release_lease(lease)


async def _take(
    portal: Portal, lease: Lease, patience: float, stop: Stop, tell: Callable[[str], None]
) -> None:
    told = False
    while True:
        try:
            return await portal.take_lease(lease)
        except HeldError as held:
            if patience <= 0:
                raise
            if not told:
                tell(f"{held.message} Waiting for it.")
                told = True
        if stop.reason:
            raise InputError(f"{stop.reason}: nothing was written")
        await asyncio.sleep(min(_PAUSE_SECONDS, patience))
        patience -= _PAUSE_SECONDS


async def _renew(portal: Portal, lease: Lease, stop: Stop) -> None:
    """Renew the lease until this is cancelled, or until others may have it."""
    missed = 0
    while True:
        await asyncio.sleep(lease.seconds / _RENEWALS)
        try:
            await portal.take_lease(lease)
        except HeldError as held:
            return stop.ask(f"the lease was lost: {held.message}")
        except PortalError as error:
            missed += 1
            if missed == _RENEWALS - 1:
                return stop.ask(f"the lease could not be renewed: {error.message}")
        else:
            missed = 0

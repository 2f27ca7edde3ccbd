"""Looking again after apply: whether the portal holds what was written, and what did not stick."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from reconciler.errors import PortalError
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Portal, Progress
from reconciler.model.receipt import NotConverged, Receipt
from reconciler.model.resource import Resource, ResourceId

Sleep = Callable[[float], Awaitable[None]]

# Some portals answer reads from copies that follow within seconds.
WAITS: Final = (1.0, 2.0, 4.0)


async def verify_convergence(
    plan: Plan, receipt: Receipt, portal: Portal, sleep: Sleep, progress: Progress
) -> Receipt:
    """Return the receipt with whether what was applied is there, and stays as it was written.

    Reads once more for each of the waits. `converged` stays None when the portal cannot be read.
    """
    applied = {entry.id for entry in receipt.entries if entry.outcome == "applied"}
    changes = [change for change in plan.changes if change.id in applied]
    if not changes:
        return receipt
    for pause in (*WAITS, None):
        try:
            live = await portal.read(progress)
        except PortalError:
            return receipt
        if not live.complete:
            return receipt
        found = tuple(_unsettled(changes, live.resources, plan.scope))
        if not found or pause is None:
            break
        await sleep(pause)
    return msgspec.structs.replace(receipt, converged=not found, unsettled=found)


def _unsettled(changes: list[Change], held: Mapping[ResourceId, Resource], scope: str) -> list[NotConverged]:
    return [
        NotConverged(change.id, said)
        for change in changes
        if (said := _difference(change, held.get(change.id), scope))
    ]


def _difference(change: Change, held: Resource | None, scope: str) -> str:
    """Say how an object differs from what was written; nothing when it does not."""
    if change.action == "delete":
        return "is still there" if held else ""
    if held is None:
        return "is not there"
    if change.action == "adopt":
        return "" if held.mark == scope else "does not bear our mark"
    wanted = change.after or {}
    return ", ".join(
        f"{field} is {_said(held.fields, field)} instead of {_said(wanted, field)}"
        for field in sorted({*wanted, *held.fields})
        if wanted.get(field) != held.fields.get(field)
    )


def _said(fields: Mapping[str, Any], field: str) -> str:
    return msgspec.json.encode(fields[field]).decode() if field in fields else "nothing"

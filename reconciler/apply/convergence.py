"""Verify after apply that the portal persisted the changes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from reconciler.errors import PortalError
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Portal, Progress
from reconciler.model.receipt import NotConverged, Receipt
from reconciler.model.resource import Resource, ResourceId
from reconciler.model.snapshot import Selection

Sleep = Callable[[float], Awaitable[None]]

# Some portals are eventually consistent and show writes only after some seconds.
WAITS: Final = (1.0, 2.0, 4.0)


async def verify_convergence(
    plan: Plan, receipt: Receipt, portal: Portal, sleep: Sleep, progress: Progress
) -> Receipt:
    """Return the receipt with the result of reading the applied changes back.

    Reading is repeated after each wait until all changes are visible. `converged` is None if reading fails.
    """
    applied = {entry.id for entry in receipt.entries if entry.outcome == "applied"}
    changes = [change for change in plan.changes if change.id in applied]
    if not changes:
        return receipt
    for pause in (*WAITS, None):
        try:
            live = (await portal.read(Selection(owner_label=plan.scope), progress)).live
        except PortalError:
            return receipt
        if not live.complete:
            return receipt
        found = tuple(_not_persisted(changes, live.resources, plan.scope, portal.capabilities.fields))
        if not found or pause is None:
            break
        await sleep(pause)
    return msgspec.structs.replace(receipt, converged=not found, unsettled=found)


def _not_persisted(
    changes: list[Change], held: Mapping[ResourceId, Resource], scope: str, stored: frozenset[str]
) -> list[NotConverged]:
    return [
        NotConverged(change.id, difference)
        for change in changes
        if (difference := _difference(change, held.get(change.id), scope, stored))
    ]


def _difference(change: Change, held: Resource | None, scope: str, stored: frozenset[str]) -> str:
    """Describe how an object differs from the written values; return an empty string if it does not.

    Fields that the portal does not declare to store are not compared.
    """
    if change.action == "delete":
        return "still exists" if held else ""
    if held is None:
        return "does not exist"
    if change.action == "adopt":
        return "" if held.owner_label == scope else "does not have this configuration's owner label"
    wanted = change.after or {}
    return "; ".join(
        f"{field} is {_format(held.fields, field)}, expected {_format(wanted, field)}"
        for field in sorted({*wanted, *(each for each in held.fields if f"{change.kind}.{each}" in stored)})
        if wanted.get(field) != held.fields.get(field)
    )


def _format(fields: Mapping[str, Any], field: str) -> str:
    return msgspec.json.encode(fields[field]).decode() if field in fields else "not set"

"""Apply: a plan that still fits is written, and a receipt says what became of it."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

import msgspec

from reconciler.errors import IncompleteError, InputError, PlanError, PolicyError, PortalError
from reconciler.model.cancellation import Stop
from reconciler.model.document import Document
from reconciler.model.finding import Finding
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.graph.delta import Delta
from reconciler.model.journal import Journal, NoJournal
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Lease, Portal, Progress
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired
from reconciler.model.rule import denials
from reconciler.workflow.apply_guard import guard
from reconciler.workflow.live_state import read_live
from reconciler.workflow.recompute import deduced, recomputed
from reconciler.workflow.validate import settings

# More than are sent at once to a portal nearby: while some are written down, others fill the line.
AT_ONCE: Final = 32


class ApplyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """On what terms a plan is applied: who applies it on which day, who watches, who may stop it.

    `allow` are digests of plans that somebody lets through the guard, and through nothing else.
    `desired` is what the files ask for, where this run read them: a plan file proves nothing of it.
    `lock_seconds` is how long another run is waited for. `journal` opens what is written down. `applied_by`
    is who applies, for the receipt.
    """

    today: str
    now: Callable[[], datetime]
    progress: Progress
    allow: Collection[str] = ()
    desired: Desired | None = None
    owner: str = "reconciler"
    applied_by: str = ""
    lock_seconds: float = 0
    stop: Stop = msgspec.field(default_factory=Stop)
    tell: Callable[[str], None] = lambda _: None
    journal: Callable[[Plan], Journal] = lambda _: NoJournal()


def require_applicable(plan: Plan, allow: Collection[str] = ()) -> None:
    """Check that a plan may be applied. Raises PortalError when it is incomplete, PolicyError when denied.

    `allow` are digests of plans that somebody lets through the guard, and through nothing else.
    """
    if not plan.complete:
        raise PortalError("the portal was not read completely, so the plan cannot be applied", "plan again")
    denied = [
        finding
        for finding in denials(plan.findings)
        if plan.digest not in allow or not finding.rule.startswith("guard-")
    ]
    if denied:
        number = f"{len(denied):,} errors deny" if len(denied) > 1 else "an error denies"
        raise PolicyError(f"{number} the plan; nothing was written", "see the findings above")


def require_approved(plan: Plan, digest: str) -> None:
    """Check that a plan is the one that was approved, or changes nothing. Raises PlanError.

    A job that runs again after it applied what was approved finds nothing left to do, and that is no error.
    """
    if plan.changes and plan.digest != digest:
        raise PlanError(
            f"the plan is not the approved one: it has the digest {plan.digest}, and {digest} was approved",
            "something moved since, or the files differ: review the plan above and approve its digest",
        )


async def apply(made: Plan, portal: Portal, configuration: Document, terms: ApplyOptions) -> Receipt:
    """Take the lease, read again, check that all is as the plan saw it, write, and look whether it held.

    Order and reasons are computed anew from what is read. Raises PlanError, PolicyError and PortalError
    before the first write; after it, everything that goes wrong stands in the receipt.
    """
    from asyncio import sleep  # noqa: PLC0415  start-up counts
    from uuid import uuid4  # noqa: PLC0415

    from reconciler.access import effect  # noqa: PLC0415
    from reconciler.apply import ExecutorOptions, verify, verify_convergence  # noqa: PLC0415
    from reconciler.apply import apply as write  # noqa: PLC0415
    from reconciler.workflow.lease import LEASE_SECONDS, leased  # noqa: PLC0415

    allow = {*terms.allow, *settings(configuration).spec.guard.allow}
    require_applicable(made, allow)
    _require_scope(made, configuration)
    lease = Lease(str(uuid4()), terms.owner, LEASE_SECONDS)
    async with leased(portal, lease, terms.lock_seconds, terms.stop, terms.tell):
        with quiet_collector():
            live = await read_live(portal, made.scope, terms.progress)
            verify(made, live, terms.today, portal.capabilities.kinds)
            desired = terms.desired or deduced(made, live, terms.today)
            said, made = made, recomputed(made, desired, live)
            denied = guard(made, desired, live, configuration, allow, portal.capabilities)
            _require_guarded(denied, _unproven(said, made))
            edges = Delta(live.resources, made.changes).before
            del live
        if terms.stop.reason:
            raise InputError(f"{terms.stop.reason}: nothing was written")
        conduct = ExecutorOptions(
            at_once=AT_ONCE,
            now=terms.now,
            progress=terms.progress,
            journal=terms.journal(made),
            stop=terms.stop,
        )
        receipt = await write(made, portal, conduct)
        if not terms.stop.reason:
            receipt = await verify_convergence(made, receipt, portal, sleep, terms.progress)
        return msgspec.structs.replace(
            receipt,
            traffic=portal.traffic,
            applied_by=terms.applied_by,
            access=effect(edges, _applied(made, receipt), terms.today),
        )


def _applied(made: Plan, receipt: Receipt) -> list[Change]:
    """Return the changes that were applied."""
    applied = {entry.id for entry in receipt.entries if entry.outcome == "applied"}
    return [change for change in made.changes if change.id in applied]


def _require_scope(made: Plan, configuration: Document) -> None:
    """Refuse a plan of another configuration: nothing else may change what that one owns."""
    name = settings(configuration).metadata.name
    if made.scope != name:
        message = f"the plan is of another configuration: {made.scope}, and this one is {name}"
        raise PlanError(message, "apply it where it was made, or plan again")


def _require_guarded(denied: list[Finding], hint: str) -> None:
    if denied:
        listed = "\n".join(f"  {finding.rule}: {finding.message}" for finding in denied)
        raise PolicyError(
            f"the guard denies the plan, as the portal is now; nothing was written:\n{listed}",
            hint or denied[0].hint,
        )


def _unproven(said: Plan, made: Plan) -> str:
    """Return what to do where a plan gives reasons that only the files could prove; nothing where not."""
    proven = {change.id for change in made.changes if change.because}
    if all(change.id in proven for change in said.changes if change.because):
        return ""
    return (
        "a saved plan does not prove that something has ended: apply the files instead,"
        f" or add --allow {made.digest}"
    )


def require_complete(receipt: Receipt) -> None:
    """Raise IncompleteError unless everything was applied, and is there."""
    counts = receipt.summary
    if receipt.outcome != "complete":
        why = f"{receipt.problem}; " if receipt.problem else ""
        raise IncompleteError(
            f"{why}not everything was applied: {counts.failed:,} failed, {counts.skipped:,} skipped, "
            f"{counts.unknown:,} unknown",
            "plan again: it holds what is left",
        )
    if receipt.converged is False:
        number = len(receipt.unsettled)
        raise IncompleteError(
            f"{number:,} of the changes did not stick: the portal holds something else",
            "somebody or the portal itself changed it; plan again to see what is left",
        )

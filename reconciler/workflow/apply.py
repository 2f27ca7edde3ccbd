"""Apply a plan that still fits the portal, and return a receipt."""

from asyncio import sleep
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import uuid4

import msgspec

from reconciler.access import effect
from reconciler.apply import ExecutorOptions, verify, verify_convergence
from reconciler.apply import apply as write
from reconciler.errors import IncompleteError, PlanError, PolicyError, PortalError
from reconciler.model.approval import OwnerApproval
from reconciler.model.cancellation import Stop
from reconciler.model.counting import counted
from reconciler.model.document import Document
from reconciler.model.finding import Finding, by_cause
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.graph.delta import Delta
from reconciler.model.journal import Journal, NoJournal
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Lease, PlanRecorder, Portal, Progress
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Because, Desired
from reconciler.model.rule import denials
from reconciler.project import applied_paths
from reconciler.workflow.apply_guard import guard
from reconciler.workflow.lease import LEASE_SECONDS, leased
from reconciler.workflow.live_state import read_live
from reconciler.workflow.named_portal import with_names
from reconciler.workflow.recompute import deduced, recomputed
from reconciler.workflow.validate import settings

# Half of it is as many as a portal gets at once: while some changes are journaled, others are written.
AT_ONCE: Final = 64
_CLAIMS: Final[Mapping[Because, str]] = {
    "blocked": "people are blocked",
    "ended": "a partner or team has ended",
    "expired": "access has expired",
    "suspended": "a partner is suspended",
}


class ApplyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a plan is applied.

    `allow` are digests of plans that the guard does not deny. `desired` is the desired state, where this run
    read the files: a plan file proves nothing about it. `owner` names the run to others that wait for the
    lease, for up to `lock_seconds`. `applied_by` and `approvals` are for the receipt. `journal` opens the
    journal of the run.
    """

    today: str
    now: Callable[[], datetime]
    progress: Progress
    allow: Collection[str] = ()
    desired: Desired | None = None
    owner: str = "reconciler"
    applied_by: str = ""
    approvals: tuple[OwnerApproval, ...] = ()
    lock_seconds: float = 0
    stop: Stop = msgspec.field(default_factory=Stop)
    notify: Callable[[str], None] = lambda _: None
    journal: Callable[[Plan], Journal] = lambda _: NoJournal()


def require_applicable(plan: Plan, allow: Collection[str] = ()) -> None:
    """Raise PortalError for an incomplete plan, PolicyError for a denied one.

    `allow` are digests of plans that the guard does not deny; other rules deny them all the same.
    """
    if not plan.complete:
        raise PortalError("the portal was not read completely, so the plan cannot be applied", "plan again")
    denied = [
        finding
        for finding in denials(by_cause(plan.findings))
        if plan.digest not in allow or not finding.rule.startswith("guard-")
    ]
    if denied:
        number = counted(len(denied), "error blocks", "errors block")
        raise PolicyError(f"{number} the plan; nothing was written", "see the findings above")


def require_approved(plan: Plan, digests: tuple[str, ...]) -> None:
    """Raise PlanError unless a plan has an approved digest, or has no changes.

    A job that runs again after it applied the approved plan has nothing left to do, which is not an error.
    """
    if plan.changes and plan.digest not in digests:
        approved = f"{', '.join(digests)} {'was' if len(digests) == 1 else 'were'} approved"
        raise PlanError(
            f"the plan is not the approved one: its digest is {plan.digest}, and {approved}",
            "the portal or the files have changed since: review the plan above and approve its digest",
        )


async def apply(made: Plan, portal: Portal, configuration: Document, options: ApplyOptions) -> Receipt:
    """Take the lease, read the portal again, check the preconditions, write, and verify the result.

    Order and reasons are computed again from the fresh state. Raises PlanError, PolicyError and PortalError
    before the first write; every later failure is in the receipt.
    """
    allow = {*options.allow, *settings(configuration).spec.guard.allow}
    require_applicable(made, allow)
    _require_scope(made, configuration)
    if isinstance(portal, PlanRecorder):
        portal.record_plan(made)
    portal = with_names(portal, made.external_names)
    lease = Lease(str(uuid4()), options.owner, LEASE_SECONDS)
    async with leased(portal, lease, options.lock_seconds, options.stop, options.notify):
        with quiet_collector():
            live = await read_live(portal, made.scope, options.progress)
            verify(made, live, options.today, portal.capabilities.kinds)
            desired = options.desired or deduced(made, live, options.today)
            given, made = made, recomputed(made, desired, live)
            denied = guard(made, desired, live, configuration, allow, portal.capabilities)
            _require_guarded(denied, _unproven(given, made))
            edges = Delta(live.resources, made.changes).before
            paths = applied_paths(made.access, desired)
            del live
        options.stop.check()
        executor_options = ExecutorOptions(
            at_once=AT_ONCE,
            now=options.now,
            progress=options.progress,
            journal=options.journal(made),
            stop=options.stop,
        )
        receipt = await write(made, portal, executor_options)
        if not options.stop.reason:
            receipt = await verify_convergence(made, receipt, portal, sleep, options.progress)
        return msgspec.structs.replace(
            receipt,
            traffic=portal.traffic,
            applied_by=options.applied_by,
            approvals=options.approvals,
            access=effect(edges, _applied(made, receipt), paths, options.today),
        )


def _applied(made: Plan, receipt: Receipt) -> list[Change]:
    """Return the changes that were applied."""
    applied = {entry.id for entry in receipt.entries if entry.outcome == "applied"}
    return [change for change in made.changes if change.id in applied]


def _require_scope(made: Plan, configuration: Document) -> None:
    """Raise PlanError for a plan of another configuration, which only that one may apply."""
    name = settings(configuration).metadata.name
    if made.scope != name:
        message = f"the plan is for another configuration: {made.scope} instead of {name}"
        raise PlanError(message, "apply it with that configuration, or plan again")


def _require_guarded(denied: list[Finding], hint: str) -> None:
    if denied:
        listed = "\n".join(f"  {finding.rule}: {finding.message}" for finding in denied)
        raise PolicyError(
            f"the guard denies the plan in the current state of the portal; nothing was written:\n{listed}",
            hint or denied[0].hint,
        )


def _unproven(given: Plan, made: Plan) -> str:
    """Return a hint where a plan has reasons that only the files can prove, else an empty text."""
    proven = {change.id for change in made.changes if change.because}
    missing = {change.because for change in given.changes if change.because and change.id not in proven}
    if not missing:
        return ""
    reasons = " or ".join(_CLAIMS[each] for each in sorted(missing))
    return f"a saved plan cannot prove that {reasons}: apply the files instead, or add --allow {made.digest}"


def require_complete(receipt: Receipt) -> None:
    """Raise IncompleteError unless every change was applied and is in the portal."""
    counts = receipt.summary
    if receipt.outcome != "complete":
        why = f"{receipt.problem}; " if receipt.problem else ""
        raise IncompleteError(
            f"{why}not everything was applied: {counts.failed:,} failed, {counts.skipped:,} skipped, "
            f"{counts.unknown:,} unknown",
            "plan again: the new plan has what is left",
        )
    if receipt.converged is False:
        changes = counted(len(receipt.unsettled), "change was", "changes were")
        raise IncompleteError(
            f"{changes} not persisted by the portal",
            "another user or the portal itself changed them; plan again to see what is left",
        )

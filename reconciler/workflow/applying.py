"""Apply: a plan that still fits is written, and a receipt says what became of it."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from reconciler.errors import IncompleteError, PolicyError, PortalError
from reconciler.model.plan import Plan
from reconciler.model.portal import Portal, Progress
from reconciler.model.quiet_collector import quiet_collector
from reconciler.model.receipt import Receipt
from reconciler.model.rule import denials

AT_ONCE: Final = 8


def require_applicable(plan: Plan, allow: Collection[str] = ()) -> None:
    """Check that a plan may be applied. Raises PortalError when it is incomplete, PolicyError when denied.

    `allow` are digests of plans that somebody lets through the guard, and through nothing else.
    """
    if not plan.complete:
        raise PortalError("the portal was not read to its end: nothing is decided", "plan again")
    denied = [
        finding
        for finding in denials(plan.findings)
        if plan.digest not in allow or not finding.rule.startswith("guard-")
    ]
    if denied:
        number = f"{len(denied):,} errors deny" if len(denied) > 1 else "an error denies"
        raise PolicyError(f"{number} the plan; nothing was written", "see the findings above")


async def apply(
    made: Plan,
    portal: Portal,
    today: str,
    now: Callable[[], datetime],
    progress: Progress,
    allow: Collection[str] = (),
) -> Receipt:
    """Read again, check that the portal is as the plan saw it, and write. Raises PlanError, PortalError."""
    from reconciler.apply import apply as write  # noqa: PLC0415  start-up counts
    from reconciler.apply import verify  # noqa: PLC0415

    require_applicable(made, allow)
    with quiet_collector():
        live = await portal.read(progress)
        verify(made, live, today)
        del live
    return await write(made, portal, at_once=AT_ONCE, now=now, progress=progress)


def require_complete(receipt: Receipt) -> None:
    """Raise IncompleteError unless everything was applied."""
    if receipt.outcome != "complete":
        counts = receipt.summary
        raise IncompleteError(
            f"not everything was applied: {counts.failed} failed, {counts.skipped} skipped, "
            f"{counts.unknown} unknown",
            "plan again: it holds what is left",
        )

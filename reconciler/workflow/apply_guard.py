"""The guard once more: a plan is held against what its apply reads, which may be less than it was."""

from collections.abc import Collection
from typing import Final

from reconciler.model.document import Document, Repository
from reconciler.model.finding import Finding
from reconciler.model.graph.delta import Delta
from reconciler.model.plan import Plan
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live
from reconciler.model.rule import denials
from reconciler.model.timestamps import days_after
from reconciler.workflow.validate import settings

# The fields that say until when somebody has access.
_ENDS: Final = frozenset({"grant.until", "membership.until"})


def guard(
    plan: Plan,
    desired: Desired,
    live: Live,
    configuration: Document,
    allow: Collection[str],
    can: Capabilities,
) -> list[Finding]:
    """Return what denies a recomputed plan now; nothing for one that was let through by its digest.

    The day is that of `desired`. The removal of what has ended is denied only as far as `keeps_denying` says.
    """
    if plan.digest in allow or not plan.changes:
        return []
    from reconciler.access import impact  # noqa: PLC0415  start-up counts
    from reconciler.policy import RuleContext, judge_guard  # noqa: PLC0415

    today, delta = desired.today, Delta(live.resources, plan.changes)
    people = losses(delta, today, configuration)
    world = RuleContext(
        Repository(configuration, ()),
        today,
        desired,
        live,
        plan.changes,
        impact(delta, today),
        losing=people,
        reaching=reaching(people, live, today, configuration),
        digest=plan.digest,
    )
    denied = denials(judge_guard(world))
    if all(change.because == "expired" for change in plan.changes):
        return [finding for finding in denied if keeps_denying(finding, can)]
    return denied


def keeps_denying(finding: Finding, can: Capabilities | None) -> bool:
    """Whether a finding denies even the removal of what has ended.

    Where the portal stores ends, whoever loses access by that still had it: the end came with the files, and
    no plan that the guard let pass has written it to the portal.
    """
    return finding.rule == "guard-people" and can is not None and can.fields >= _ENDS


def losses(delta: Delta, today: str, configuration: Document) -> frozenset[str]:
    """Return whom the guard counts: who loses access today, or soon by an end that is brought forward."""
    from reconciler.access import people_losing_access  # noqa: PLC0415  start-up counts

    soon = days_after(today, settings(configuration).spec.guard.end_within_days)
    return people_losing_access(delta, today, soon)


def reaching(people: Collection[str], live: Live, today: str, configuration: Document) -> int:
    """Count the people who reach anything in a portal; 0 where so few lose access that nobody asks."""
    from reconciler import access  # noqa: PLC0415  start-up counts

    if len(people) <= settings(configuration).spec.guard.people_losing.count:
        return 0
    return len(access.people_with_access(live.resources, today))

"""The guard at apply time: the plan is judged again with the current state of the portal."""

from collections.abc import Collection

from reconciler.access import impact, people_losing_access
from reconciler.model.document import Document, Repository
from reconciler.model.finding import Finding
from reconciler.model.graph.delta import Delta
from reconciler.model.plan import Plan
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Desired, Live
from reconciler.model.rule import denials
from reconciler.model.timestamps import days_after
from reconciler.policy import RuleContext, judge_guard
from reconciler.project import grants_apis
from reconciler.workflow.guard_totals import needed_totals
from reconciler.workflow.validate import settings


def guard(
    plan: Plan,
    desired: Desired,
    live: Live,
    configuration: Document,
    allow: Collection[str],
    can: Capabilities,
) -> list[Finding]:
    """Return the findings that deny a recomputed plan; none for a plan that is allowed by its digest.

    The day is that of `desired`. For the removal of expired access, only some findings count: see
    `keeps_denying`.
    """
    if plan.digest in allow or not plan.changes:
        return []

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
        totals=needed_totals(plan.changes, people, desired.scope, today, configuration).count(live),
        digest=plan.digest,
        capabilities=can,
    )
    denied = denials(judge_guard(world))
    if all(change.because == "expired" for change in plan.changes):
        return [finding for finding in denied if keeps_denying(finding, can)]
    return denied


def keeps_denying(finding: Finding, can: Capabilities | None) -> bool:
    """Whether a finding denies even the removal of expired access.

    Where the portal stores last days, people who lose access still had it: the last day is new in the files,
    and no plan that the guard allowed has written it to the portal.
    """
    return finding.rule == "guard-people" and can is not None and _stores_last_days(can)


def _stores_last_days(can: Capabilities) -> bool:
    grant = "api-grant" if grants_apis(can) else "grant"
    return can.fields >= {"membership.until", f"{grant}.until"}


def losses(delta: Delta, today: str, configuration: Document) -> frozenset[str]:
    """Return who loses access today, or soon because the last day was brought forward."""
    soon = days_after(today, settings(configuration).spec.guard.end_within_days)
    return people_losing_access(delta, today, soon)

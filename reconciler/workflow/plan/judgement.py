"""The stage of a plan that runs the rules, each of them once."""

from collections.abc import Collection, Iterator

import msgspec

from reconciler.model.branch_base import Base
from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.plan import effects_digest
from reconciler.model.portal import Totals
from reconciler.model.portal_scope import for_all_portals
from reconciler.model.rule import CLASSES, denials
from reconciler.order import Ordered
from reconciler.policy import RuleContext, judge
from reconciler.workflow.apply_guard import keeps_denying
from reconciler.workflow.known_findings import excusable_rules, in_base, judged_as
from reconciler.workflow.plan.access import AccessEffect
from reconciler.workflow.plan.comparison import Comparison
from reconciler.workflow.plan.inputs import Inputs
from reconciler.workflow.plan.projection import project_for
from reconciler.workflow.plan.selection import denied_in_whole, left_out
from reconciler.workflow.validate import settings


class Judgement(msgspec.Struct, frozen=True):
    """What the rules found, those of `validate` included, and the context in which they ran."""

    context: RuleContext
    findings: tuple[Finding, ...]


def judge_plan(
    inputs: Inputs, compared: Comparison, ordered: Ordered, effect: AccessEffect, totals: Totals
) -> Judgement:
    """Run the rules that `validate` could not run; all of them where the portal corrects the files."""
    context = _context(inputs, compared, ordered, effect, totals)
    is_corrected = compared.repository is not inputs.checked.repository
    found = [*_judged(context, files=is_corrected), *compared.projection.findings]
    found = in_base(found, _base_findings(inputs, compared, excusable_rules(found)))
    found = [each for each in found if inputs.covers(each)]
    known = set(inputs.checked.findings)
    found += denied_in_whole(compared, context)
    new = [each for each in found if each not in known]
    all_findings = [
        *inputs.checked.findings,
        *new,
        *compared.projection.notes,
        *compared.difference.findings,
        *left_out(compared),
        *_full(inputs.checked.base),
    ]
    return Judgement(context, _without_lifted(inputs, tuple(in_order(all_findings))))


def _context(
    inputs: Inputs, compared: Comparison, ordered: Ordered, effect: AccessEffect, totals: Totals
) -> RuleContext:
    """Return everything that the rules look at."""
    guard = settings(compared.repository.configuration).spec.guard
    names = compared.projection.names
    digest = effects_digest(inputs.live.portal_id, inputs.desired.scope, ordered.changes, names)
    return RuleContext(
        inputs.part_of(compared.repository),
        inputs.today,
        compared.projection.defined,
        compared.live,
        ordered.changes,
        effect.planned,
        losing=effect.losing,
        totals=totals,
        digest=digest,
        allowed=digest in {*guard.allow, *inputs.options.allow},
        passing=ordered.transient,
        file_changes=compared.file_changes,
        before=compared.before.resources if compared.before else {},
        capabilities=inputs.capabilities,
    )


def _base_findings(inputs: Inputs, compared: Comparison, rules: Collection[str]) -> list[Finding]:
    """Return what some rules find in the base's files with the same portal; nothing without a base."""
    base = inputs.checked.base
    if base is None or base.repository is None or not rules:
        return []
    before = judged_as(base.repository, compared.repository)
    projection = project_for(inputs, inputs.desired_by(before), before)
    part = inputs.part_of(before)
    context = RuleContext(
        part, inputs.today, projection.defined, inputs.live, capabilities=inputs.capabilities
    )
    return [*_judged(context, files=True, only=rules), *projection.findings]


def _judged(context: RuleContext, *, files: bool, only: Collection[str] = CLASSES) -> list[Finding]:
    """Return the findings of the rules; those of `validate` are included if `files` is set.

    Files are judged with the documents of all portals, as `validate` does.
    """
    whole = RuleContext(for_all_portals(context.repository), context.today)
    return [*(judge(whole, only=only) if files else ()), *judge(context, since=whole, only=only)]


def _without_lifted(inputs: Inputs, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings without those that must not delay the selected removals."""
    lifted = {each for each in denials(findings) if not _denies(each, inputs)}
    return tuple(finding for finding in findings if finding not in lifted)


def _denies(finding: Finding, inputs: Inputs) -> bool:
    """Whether a finding denies the selected changes.

    No rule denies that expired access is removed, and the guard only where it had not ended yet. No rule
    denies removals, but the guard does, and so does what the portal cannot store: then a comparison with it
    does not show what the files remove.
    """
    selection = inputs.options.selection
    if selection == "expired":
        return keeps_denying(finding, inputs.capabilities)
    return selection != "removals" or finding.rule == "unsupported" or finding.rule.startswith("guard-")


def _full(base: Base | None) -> Iterator[Finding]:
    """Yield a warning where there is nothing to compare with, so that every difference is planned."""
    if base is not None and base.repository is None:
        message = f"{base.problem}: all differences are planned, not only what this branch changes"
        yield Finding.at(None, "full-plan", message, f"fix {base.ref} first", severity=Severity.WARNING)

"""Plan: the changes that make a portal match the files, and what they mean for people's access.

The stages, each a function with a result of its own:
read → project → compare → order and select → assess access → judge → seal.
"""

from typing import Final

import msgspec

from reconciler.errors import PortalError
from reconciler.model.finding import Finding, in_order
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.plan import Plan
from reconciler.model.portal import Portal, Progress
from reconciler.model.resource import Desired
from reconciler.model.rule import file_errors
from reconciler.workflow.plan.access import assess_access
from reconciler.workflow.plan.comparison import compare, too_many_paths
from reconciler.workflow.plan.inputs import Inputs, read_files, read_portal
from reconciler.workflow.plan.judgement import judge_plan
from reconciler.workflow.plan.projection import project_desired
from reconciler.workflow.plan.seal import seal
from reconciler.workflow.plan.selection import select_by_reason, select_in_order
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.portal_scope import in_portal
from reconciler.workflow.validate import ValidationResult, exit_code

CHANGES_PRESENT: Final = 2


class Planned(msgspec.Struct, frozen=True):
    """A plan with the desired state that it was made from, as the portal can store it.

    `plan` is None where errors of the files allow none; `findings` has these errors then.
    """

    plan: Plan | None
    findings: tuple[Finding, ...]
    desired: Desired | None = None


async def plan(
    checked: ValidationResult, portal: Portal, options: PlanOptions, progress: Progress
) -> Planned:
    """Read the portal and plan the changes that make it match the files, or with a base, what a branch adds.

    Raises PortalError, and PlanError where a branch's change needs another one that is only drift.
    """
    checked = in_portal(checked, options.portal)
    if checked.repository is None or file_errors(checked.findings):
        return Planned(None, checked.findings)
    with quiet_collector():
        return _planned(await read_portal(checked, checked.repository, portal, options, progress))


def plan_files(checked: ValidationResult, options: PlanOptions) -> Planned:
    """Plan what the files add to those of their base, as if a portal matched the base; uses no network.

    Such a plan cannot be applied. With a bootstrap whose base cannot be read, everything in the files is new.
    Raises InputError where there is no base.
    """
    checked = checked if options.all_documents else in_portal(checked, options.portal)
    if checked.repository is None or file_errors(checked.findings):
        return Planned(None, checked.findings)
    with quiet_collector():
        return _planned(read_files(checked, checked.repository, options))


def plan_exit_code(made: Plan, *, detailed: bool) -> int:
    """Return the exit code of a plan: 5 incomplete, 3 denied, 2 if `detailed` and it has changes, else 0."""
    if not made.complete:
        return PortalError.exit_code
    return exit_code(made.findings) or (CHANGES_PRESENT if detailed and made.changes else 0)


def _planned(inputs: Inputs) -> Planned:
    """Run the stages that follow the read."""
    projection = project_desired(inputs)
    compared = select_by_reason(inputs, compare(inputs, projection))
    if excess := too_many_paths(compared):
        return Planned(None, tuple(in_order([*inputs.checked.findings, excess])))
    compared, ordered = select_in_order(inputs, compared)
    effect = assess_access(inputs, compared, ordered)
    judgement = judge_plan(inputs, compared, ordered, effect)
    if file_errors(judgement.findings):
        return Planned(None, judgement.findings)
    made = seal(inputs, compared, ordered, effect, judgement)
    return Planned(made, judgement.findings, projection.desired)

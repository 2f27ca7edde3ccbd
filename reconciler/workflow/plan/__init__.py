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
from reconciler.model.portal import Portal, Progress, Totals
from reconciler.model.portal_names import external_names, names_for
from reconciler.model.resource import Desired
from reconciler.model.rule import file_errors
from reconciler.order import Ordered
from reconciler.workflow.guard_totals import Needed, needed_totals
from reconciler.workflow.named_portal import with_names
from reconciler.workflow.plan.access import AccessEffect, assess_access
from reconciler.workflow.plan.comparison import Comparison, compare, too_many_paths
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
    """A plan with the states that it was made from.

    `plan` is None where errors of the files allow none; `findings` has these errors then.
    """

    plan: Plan | None
    findings: tuple[Finding, ...]
    compared: Comparison | None = None

    @property
    def desired(self) -> Desired | None:
        """The desired state as the portal can store it."""
        return self.compared.projection.desired if self.compared else None


async def plan(
    checked: ValidationResult, portal: Portal, options: PlanOptions, progress: Progress
) -> Planned:
    """Read the portal and plan the changes that make it match the files, or with a base, what a branch adds.

    Raises PortalError, and PlanError where a branch's change needs another one that is only drift.
    """
    checked = in_portal(checked, options.portal)
    if checked.repository is None or file_errors(checked.findings):
        return Planned(None, checked.findings)
    portal = with_names(portal, names_for(options.portal, external_names(checked.repository.documents)))
    with quiet_collector():
        assessed = _assessed(await read_portal(checked, checked.repository, portal, options, progress))
        if isinstance(assessed, Planned):
            return assessed
        totals = await assessed.needed_totals().count_in(portal, assessed.inputs.live)
        return _planned(assessed, totals)


def plan_files(checked: ValidationResult, options: PlanOptions) -> Planned:
    """Plan what the files add to those of their base, as if a portal matched the base; uses no network.

    Such a plan cannot be applied. With a bootstrap whose base cannot be read, everything in the files is new.
    Raises InputError where there is no base.
    """
    checked = checked if options.all_documents else in_portal(checked, options.portal)
    if checked.repository is None or file_errors(checked.findings):
        return Planned(None, checked.findings)
    with quiet_collector():
        assessed = _assessed(read_files(checked, checked.repository, options))
        if isinstance(assessed, Planned):
            return assessed
        return _planned(assessed, assessed.needed_totals().count(assessed.inputs.live))


def plan_exit_code(made: Plan, *, detailed: bool) -> int:
    """Return the exit code of a plan: 5 incomplete, 3 denied, 2 if `detailed` and it has changes, else 0."""
    if not made.complete:
        return PortalError.exit_code
    return exit_code(made.findings) or (CHANGES_PRESENT if detailed and made.changes else 0)


class _Assessed(msgspec.Struct, frozen=True):
    """The changes of a plan and what they mean for people's access, before they are judged."""

    inputs: Inputs
    compared: Comparison
    ordered: Ordered
    effect: AccessEffect

    def needed_totals(self) -> Needed:
        """Return which numbers of the portal the guard needs to judge the changes."""
        changes = (*self.ordered.changes, *self.compared.all_changes)
        scope, configuration = self.inputs.desired.scope, self.compared.repository.configuration
        return needed_totals(changes, self.effect.losing, scope, self.inputs.today, configuration)


def _assessed(inputs: Inputs) -> _Assessed | Planned:
    """Run the stages between the read and the judgement; return a plan that cannot be made at once."""
    compared = select_by_reason(inputs, compare(inputs, project_desired(inputs)))
    if excess := too_many_paths(compared):
        return Planned(None, tuple(in_order([*inputs.checked.findings, excess])))
    compared, ordered = select_in_order(inputs, compared)
    return _Assessed(inputs, compared, ordered, assess_access(inputs, compared, ordered))


def _planned(assessed: _Assessed, totals: Totals) -> Planned:
    """Run the stages that judge and seal."""
    inputs, compared, ordered, effect = msgspec.structs.astuple(assessed)
    judgement = judge_plan(inputs, compared, ordered, effect, totals)
    if file_errors(judgement.findings):
        return Planned(None, judgement.findings)
    made = seal(inputs, compared, ordered, effect, judgement)
    return Planned(made, judgement.findings, compared)

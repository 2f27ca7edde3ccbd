"""Change a portal to match the files or a saved plan."""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from reconciler.cli import clock, console, runtime
from reconciler.cli.actions import output, plan_steps, portals, run_several
from reconciler.cli.actions.checked_files import CommandOptions, check
from reconciler.cli.actions.trust import Trust
from reconciler.cli.git.base_files import configuration_at
from reconciler.cli.progress import ProgressDisplay
from reconciler.cli.signals import stoppable
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.cli.storage.result_files import read_approvals, read_saved_plan
from reconciler.cli.storage.runs import RunRecord
from reconciler.errors import InputError, PlanError, ReconcilerError
from reconciler.model.cancellation import Stop
from reconciler.model.counting import counted
from reconciler.model.document import Document
from reconciler.model.plan import FILES, Plan
from reconciler.model.portal import Portal
from reconciler.model.portal_results import Plans, PortalFailure, failure
from reconciler.model.printable import printable
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired
from reconciler.render import text
from reconciler.workflow.apply import (
    ApplyOptions,
    apply,
    require_applicable,
    require_approved,
    require_complete,
)
from reconciler.workflow.plan import Planned
from reconciler.workflow.sessions import open_portal
from reconciler.workflow.validate import ValidationResult, read_configuration


class Target(msgspec.Struct, frozen=True):
    """The portal that is written to, the configuration that governs it, and where the run is recorded."""

    portal: Portal
    document: Document
    record: RunRecord


def with_approvals(options: CommandOptions, file: str) -> CommandOptions:
    """Return the options with the plans that a file lists as approved. Raises InputError, PlanError."""
    found = read_approvals(file)
    if not found.digests:
        raise PlanError(f"{file}: no plan was approved", "`reconciler approved` shows why")
    return msgspec.structs.replace(options, approved=found.digests, approvals=found)


def apply_files(options: CommandOptions) -> int:
    """Plan, show the plan, ask, and apply it; in JSON only the receipt is printed."""
    path, checked = check(options)
    if plan_steps.report_file_errors(options, checked):
        return InputError.exit_code
    document, record = plan_steps.configuration(checked), RunRecord(path.parent)
    names = plan_steps.several(options.portals, document)
    if names is not None:
        return runtime.run_async(_apply_several(options, path, checked, names))

    async def work() -> int:
        async with plan_steps.connect(options, path, checked) as portal:
            planned = await plan_steps.plan(options, path, checked, portal)
            if planned.plan is None:
                return plan_steps.report_refusal(options, checked, planned)
            _show(options, planned.plan)
            if not _needs_apply(options, planned.plan):
                return 0
            target, made = Target(portal, document, record), planned.plan
            receipt = await stoppable(lambda stop: _write(options, target, made, planned.desired, stop))
            return _report(options, receipt)

    return runtime.run_async(work())


async def _apply_several(
    options: CommandOptions, path: Path, checked: ValidationResult, names: Sequence[str]
) -> int:
    """Plan several portals in parallel, show all plans, ask, and apply sequentially."""

    async def plan(name: str) -> Planned:
        own = plan_steps.for_portal(options, name)
        async with plan_steps.connect(own, path, checked) as portal:
            planned = await plan_steps.plan(own, path, checked, portal, name)
        if planned.plan is None:
            raise portals.refused(planned.findings)
        return planned

    async def write(name: str, stop: Stop) -> Receipt:
        own, planned = plan_steps.for_portal(options, name), ready[name]
        async with plan_steps.connect(own, path, checked) as portal:
            target = Target(portal, plan_steps.configuration(checked), RunRecord(path.parent))
            return await _write(own, target, _made(planned), planned.desired, stop)

    found = await portals.side_by_side(names, plan)
    made = [_made(each) if isinstance(each, Planned) else each for each in found]
    _show_several(options, portals.plans(names, made))
    ready = {_made(each).portal: each for each in found if isinstance(each, Planned)}
    chosen, failures = _approved(options, [_made(each) for each in ready.values()])
    failures += [each for each in found if isinstance(each, PortalFailure)]
    return await run_several.apply_each(chosen, failures, write, options.output_format)


def _made(planned: Planned) -> Plan:
    """Return the plan, where there is one."""
    if planned.plan is None:
        raise portals.refused(planned.findings)
    return planned.plan


def _approved(options: CommandOptions, plans: Sequence[Plan]) -> tuple[list[str], list[PortalFailure]]:
    """Return the portals whose plans are to be applied, and why others are not. Raises InputError."""
    chosen, failures = [], []
    if any(each.changes for each in plans):
        _require_terminal(options)
    for each in plans:
        try:
            if _needs_apply(options, each):
                chosen.append(each.portal)
        except ReconcilerError as error:
            failures.append(failure(each.portal, error))
    return chosen, failures


def apply_saved(options: CommandOptions, files: Sequence[str]) -> int:
    """Apply saved plans sequentially, without asking."""
    _require_usable_with_plan(options, files)
    path = find_configuration(options.config)
    plans = [_as_chosen(options, read_saved_plan(file)) for file in files]
    targets = {each.portal: (each, _governing(options, path, each)) for each in plans}
    if len(targets) < len(plans):
        raise InputError("two of the plans are for the same portal; nothing was written", "apply one of them")

    async def write(name: str, stop: Stop) -> Receipt:
        made, document = targets[name]
        trust = Trust(path, reviewed=options.base is not None)
        async with open_portal(path, document, name, trust) as portal:
            return await _write(options, Target(portal, document, RunRecord(path.parent)), made, None, stop)

    if len(plans) > 1:
        return runtime.run_async(run_several.apply_each(list(targets), [], write, options.output_format))
    receipt = runtime.run_async(stoppable(lambda stop: write(plans[0].portal, stop)))
    return _report(options, receipt)


def _as_chosen(options: CommandOptions, made: Plan) -> Plan:
    """Return a plan for the chosen portal: no approval covers the plan's own name of the portal."""
    return msgspec.structs.replace(made, portal=options.portal or made.portal)


def _require_usable_with_plan(options: CommandOptions, files: Sequence[str]) -> None:
    if len(options.portals) > 1 or (options.portals and len(files) > 1):
        raise click.UsageError("A saved plan is for one portal: leave out --portal.")
    if options.selection != "all":
        raise click.UsageError(f"--only-{options.selection} makes its own plan: leave out PLAN.")
    if options.approved:
        raise click.UsageError("--approved makes its own plan: leave out PLAN.")


def _show(options: CommandOptions, made: Plan) -> None:
    if options.output_format == "text":
        output.plan(made, "text")
    elif not options.auto_approve:
        # The person who is asked must see the plan; stdout is for the receipt.
        console.log_lines(text.plan(made, color=False), end="")
    else:
        _log_left_out(made)


def _show_several(options: CommandOptions, found: Plans) -> None:
    if options.output_format == "text":
        output.plans(found, "text", options.config, "counts")
    elif not options.auto_approve:
        console.log_lines(text.plans(found, color=False), end="")
    else:
        for made in found.plans:
            _log_left_out(made)


def _log_left_out(made: Plan) -> None:
    """Log which removals are not made, where the plan is not shown."""
    for finding in made.findings:
        if finding.rule == "removal-left-out":
            console.log(f"Warning: {made.portal}: {printable(finding.message)}; {finding.hint}")


def _needs_apply(options: CommandOptions, made: Plan) -> bool:
    """Whether the plan is to be applied, after the approval; without changes, JSON still gets a receipt."""
    require_applicable(made, options.allow)
    if options.approved:
        require_approved(made, options.approved)
        if not made.changes:
            console.log("Nothing is left to do: a plan without changes needs no approval.")
    if not made.changes and options.adopts:
        console.log(_nothing_to_adopt(options))
    if made.changes:
        _require_approval(options, made)
    return bool(made.changes) or options.output_format != "text"


def _nothing_to_adopt(options: CommandOptions) -> str:
    if not options.adopt_all:
        return "Nothing to adopt: these objects are already managed by this configuration."
    return (
        "Nothing to adopt: all objects of the files that exist in the portal are already managed by this"
        " configuration. `reconciler plan` shows the others."
    )


def _require_approval(options: CommandOptions, made: Plan) -> None:
    """Ask whether to apply the plan. Raises InputError for no, and where there is no terminal to ask on."""
    _require_terminal(options)
    if options.auto_approve or options.approved:
        return
    number = len(made.changes)
    question = f"Apply {counted(number, 'change')} to {made.portal}?"
    if not console.confirm(question):
        raise InputError("not approved: nothing was written")


def _require_terminal(options: CommandOptions) -> None:
    """Raise InputError where a question has to be asked, and there is no terminal to ask on."""
    if not options.auto_approve and not options.approved:
        also = "" if options.adopts else ", and so does a saved plan"
        console.require_terminal(f"--auto-approve applies without asking{also}")


def _governing(options: CommandOptions, path: Path, made: Plan) -> Document:
    """Return the configuration that governs a saved plan: that of --base, never of a commit in the plan."""
    if made.portal_id == FILES:
        message = f"the plan was made for another portal: {FILES}; it was created with --files-only"
        raise PlanError(message, "plan again, without --files-only")
    if options.base is not None:
        return configuration_at(path, options.base)
    if made.source.base is not None or any(each.rule == "full-plan" for each in made.findings):
        message = "the plan was made with --base, whose configuration governs what it may change"
        raise InputError(message, "name the same branch again: `reconciler apply PLAN --base REF`")
    return read_configuration(path)


async def _write(
    options: CommandOptions, target: Target, made: Plan, desired: Desired | None, stop: Stop
) -> Receipt:
    """Apply a plan, and keep its receipt."""
    progress, record, approvals = ProgressDisplay(), target.record, options.approvals.recorded(made)
    record.recover_earlier()
    apply_options = ApplyOptions(
        today=runtime.today(options.day),
        now=clock.now,
        progress=progress,
        allow=options.allow,
        desired=desired,
        owner=runtime.lease_owner(made.scope),
        applied_by=runtime.applied_by(),
        approvals=approvals,
        lock_seconds=options.lock_seconds,
        stop=stop,
        notify=console.log,
        journal=lambda plan: record.begin(plan, approvals),
    )
    try:
        receipt = await apply(made, target.portal, target.document, apply_options)
    except BaseException:
        record.abandon()
        raise
    finally:
        progress.clear()
    record.save(receipt)
    return receipt


def _report(options: CommandOptions, receipt: Receipt) -> int:
    """Print a receipt. Raises IncompleteError for one that is not complete."""
    output.receipt(receipt, options.output_format)
    require_complete(receipt)
    return 0

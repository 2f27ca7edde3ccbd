"""Change a portal to match the files or a saved plan."""

from pathlib import Path

import click
import msgspec

from reconciler.cli import clock, console, runtime
from reconciler.cli.actions import output, plan_steps
from reconciler.cli.actions.plan_steps import CommandOptions
from reconciler.cli.actions.trust import Trust
from reconciler.cli.git.base_checkout import configuration_at
from reconciler.cli.progress import ProgressDisplay
from reconciler.cli.signals import stop_on_signals
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.cli.storage.result_files import read_saved_plan
from reconciler.cli.storage.runs import RunRecord
from reconciler.errors import InputError, PlanError
from reconciler.model.cancellation import Stop
from reconciler.model.counting import counted
from reconciler.model.document import Document
from reconciler.model.plan import FILES, Plan
from reconciler.model.portal import Portal
from reconciler.model.resource import Desired
from reconciler.render import text
from reconciler.workflow.apply import (
    ApplyOptions,
    apply,
    require_applicable,
    require_approved,
    require_complete,
)
from reconciler.workflow.sessions import open_portal
from reconciler.workflow.validate import read_configuration


class Target(msgspec.Struct, frozen=True):
    """The portal that is written to, the configuration that governs it, and where the run is recorded."""

    portal: Portal
    document: Document
    record: RunRecord


def apply_files(options: CommandOptions) -> int:
    """Plan, show the plan, ask, and apply it; in JSON only the receipt is printed."""
    path, checked = plan_steps.check(options)
    if plan_steps.report_file_errors(options, checked):
        return InputError.exit_code
    document, record = plan_steps.configuration(checked), RunRecord(path.parent)

    async def work() -> int:
        async with plan_steps.connect(options, path, checked) as portal:
            planned = await plan_steps.plan(options, path, checked, portal)
            if planned.plan is None:
                return plan_steps.report_refusal(options, checked, planned)
            _show(options, planned.plan)
            if not _needs_apply(options, planned.plan):
                return 0
            target = Target(portal, document, record)
            return await _write(options, target, planned.plan, planned.desired)

    return runtime.run_async(work())


def apply_saved(options: CommandOptions, file: str) -> int:
    """Apply a saved plan without asking."""
    _require_usable_with_plan(options)
    made = read_saved_plan(file)
    # No approval covers the plan's own name of the portal, so it is named as it was chosen.
    made = msgspec.structs.replace(made, portal=options.portal or made.portal)
    path = find_configuration(options.config)
    document, record = _governing(options, path, made), RunRecord(path.parent)

    async def work() -> int:
        trust = Trust(path, reviewed=options.base is not None)
        async with open_portal(path, document, made.portal, trust) as portal:
            return await _write(options, Target(portal, document, record), made)

    return runtime.run_async(work())


def _require_usable_with_plan(options: CommandOptions) -> None:
    if options.only_expired:
        raise click.UsageError("--only-expired makes its own plan: leave out PLAN.")
    if options.approved is not None:
        raise click.UsageError("--approved makes its own plan: leave out PLAN.")


def _show(options: CommandOptions, made: Plan) -> None:
    if options.output_format == "text":
        output.plan(made, "text")
    elif not options.auto_approve:
        # The person who is asked must see the plan; stdout is for the receipt.
        console.log_lines(text.plan(made, color=False), end="")


def _needs_apply(options: CommandOptions, made: Plan) -> bool:
    """Whether the plan is to be applied, after the approval; without changes, JSON still gets a receipt."""
    require_applicable(made, options.allow)
    if options.approved is not None:
        require_approved(made, options.approved)
        if not made.changes:
            console.log("Nothing is left to do: a plan without changes needs no approval.")
    if not made.changes and options.adopts:
        console.log(_nothing_to_adopt(options))
    if made.changes:
        _require_approval(options, made)
    return bool(made.changes) or options.output_format != "text"


def _nothing_to_adopt(options: CommandOptions) -> str:
    if options.adopt:
        return "Nothing to adopt: these objects are already managed by this configuration."
    return (
        "Nothing to adopt: all objects of the files that exist in the portal are already managed by this"
        " configuration. `reconciler plan` shows the others."
    )


def _require_approval(options: CommandOptions, made: Plan) -> None:
    """Ask whether to apply the plan. Raises InputError for no, and where there is no terminal to ask on."""
    if options.auto_approve or options.approved is not None:
        return
    also = "" if options.adopts else ", and so does a saved plan"
    console.require_terminal(f"--auto-approve applies without asking{also}")
    number = len(made.changes)
    question = f"Apply {counted(number, 'change')} to {made.portal}?"
    if not console.confirm(question):
        raise InputError("not approved: nothing was written")


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


async def _write(options: CommandOptions, target: Target, made: Plan, desired: Desired | None = None) -> int:
    progress, stop, record = ProgressDisplay(), Stop(), target.record
    record.recover_earlier()
    apply_options = ApplyOptions(
        today=runtime.today(options.day),
        now=clock.now,
        progress=progress,
        allow=options.allow,
        desired=desired,
        owner=runtime.lease_owner(made.scope),
        applied_by=runtime.applied_by(),
        lock_seconds=options.lock_seconds,
        stop=stop,
        notify=console.log,
        journal=record.begin,
    )
    try:
        with stop_on_signals(stop):
            receipt = await apply(made, target.portal, target.document, apply_options)
    except BaseException:
        record.abandon()
        raise
    finally:
        progress.clear()
    record.save(receipt)
    output.receipt(receipt, options.output_format)
    require_complete(receipt)
    return 0

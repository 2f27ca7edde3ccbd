"""Show what would change in a portal."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from reconciler.cli import console
from reconciler.cli.actions import output, plan_steps, portals
from reconciler.cli.actions.checked_files import CommandOptions, check
from reconciler.cli.runtime import run_async
from reconciler.cli.storage.out_file import OutFile
from reconciler.cli.storage.out_target import OutTarget
from reconciler.errors import InputError
from reconciler.model.plan import FILES, Plan
from reconciler.model.portal_results import worst
from reconciler.model.printable import printable
from reconciler.render import json_format
from reconciler.workflow.plan import Planned, plan_exit_code, plan_files
from reconciler.workflow.sessions import default_portal
from reconciler.workflow.validate import ValidationResult


class PlanCommandOptions(CommandOptions, frozen=True, kw_only=True):
    """The options of `reconciler plan`."""

    out: str | None
    people: str
    files_only: bool
    detailed_exitcode: bool


def show_plan(options: PlanCommandOptions) -> int:
    """Plan and print the plan; return the exit code. Raises click.UsageError, ReconcilerError."""
    # Before anything can fail: a later command must not take an older plan for this one's.
    saved = None if options.out is None else OutTarget(options.out, options.config, options.portals)
    _require_consistent(options)
    path, checked = check(options)
    if plan_steps.report_file_errors(options, checked):
        return InputError.exit_code
    names = plan_steps.several(options.portals, plan_steps.configuration(checked))
    if names is not None:
        return _show_several(options, path, checked, names, saved)
    planned = run_async(_planned(options, path, checked))
    if planned.plan is None:
        return plan_steps.report_refusal(options, checked, planned)
    if saved is not None:
        _save(saved.file(planned.plan.portal), planned.plan)
    output.plan(planned.plan, options.output_format, options.config, options.people)
    return plan_exit_code(planned.plan, detailed=options.detailed_exitcode)


async def _planned(
    options: PlanCommandOptions, path: Path, checked: ValidationResult, about: str = ""
) -> Planned:
    if options.files_only:
        document = plan_steps.configuration(checked)
        # No portal is read, so none has to be configured. If none is named, the files of all are compared.
        name = options.portal or default_portal(document) or FILES
        plan_options = plan_steps.plan_options(options, path, document, name)
        return plan_files(
            checked, msgspec.structs.replace(plan_options, all_documents=options.portal is None)
        )
    async with plan_steps.connect(options, path, checked) as portal:
        return await plan_steps.plan(options, path, checked, portal, about)


def _show_several(
    options: PlanCommandOptions,
    path: Path,
    checked: ValidationResult,
    names: Sequence[str],
    saved: OutTarget | None,
) -> int:
    """Plan several portals in parallel, and print one report; one that fails does not stop the others."""

    async def work(name: str) -> Plan:
        planned = await _planned(plan_steps.for_portal(options, name), path, checked, name)
        if planned.plan is None:
            raise portals.refused(planned.findings)
        return planned.plan

    found = portals.plans(names, run_async(portals.side_by_side(names, work)))
    if saved is not None:
        for each in found.plans:
            _save(saved.file(each.portal), each)
    output.plans(found, options.output_format, options.config, options.people)
    portals.log_failures(found.failures)
    codes = [plan_exit_code(each, detailed=options.detailed_exitcode) for each in found.plans]
    return worst([*codes, *(each.exit_code for each in found.failures)])


def _require_consistent(options: PlanCommandOptions) -> None:
    if options.files_only and options.base is None:
        raise click.UsageError("--files-only needs --base: it compares the files with those of the base.")
    if options.bootstrap and not options.files_only:
        raise click.UsageError(
            "--bootstrap needs --files-only: without a governing configuration, no portal is used."
        )


def _save(file: OutFile, made: Plan) -> None:
    file.write(json_format.plan(made).encode())
    if console.is_terminal(sys.stderr):
        console.log(f"Saved to {printable(str(file))}")

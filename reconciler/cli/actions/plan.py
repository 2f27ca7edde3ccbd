"""Show what would change in a portal."""

import sys

import click

from reconciler.cli import console
from reconciler.cli.actions import output, plan_steps
from reconciler.cli.actions.plan_steps import CommandOptions
from reconciler.cli.runtime import run_async
from reconciler.cli.storage.out_file import OutFile
from reconciler.errors import InputError
from reconciler.model.plan import Plan
from reconciler.model.printable import printable
from reconciler.render import json_format
from reconciler.workflow.plan import Planned, plan_exit_code, plan_files
from reconciler.workflow.validate import settings


class PlanCommandOptions(CommandOptions, frozen=True, kw_only=True):
    """The options of `reconciler plan`."""

    out: str | None
    people: str
    files_only: bool
    detailed_exitcode: bool


def show_plan(options: PlanCommandOptions) -> int:
    """Plan and print the plan; return the exit code. Raises click.UsageError, ReconcilerError."""
    # Before anything can fail: a later command must not take an older plan for this one's.
    saved = OutFile(options.out, options.config) if options.out is not None else None
    _require_consistent(options)
    path, checked = plan_steps.check(options)
    if plan_steps.report_file_errors(options, checked):
        return InputError.exit_code
    document = plan_steps.configuration(checked)

    async def work() -> Planned:
        if options.files_only:
            # No portal is read, so none has to be configured.
            name = options.portal or settings(document).spec.default_portal or "files"
            return plan_files(checked, plan_steps.plan_options(options, path, document, name))
        async with plan_steps.connect(options, path, checked) as portal:
            return await plan_steps.plan(options, path, checked, portal)

    planned = run_async(work())
    if planned.plan is None:
        return plan_steps.report_refusal(options, checked, planned)
    if saved is not None:
        _save(saved, planned.plan, str(options.out))
    output.plan(planned.plan, options.output_format, options.config, options.people)
    return plan_exit_code(planned.plan, detailed=options.detailed_exitcode)


def _require_consistent(options: PlanCommandOptions) -> None:
    if options.files_only and options.base is None:
        raise click.UsageError("--files-only needs --base: it compares the files with those of the base.")
    if options.bootstrap and not options.files_only:
        raise click.UsageError(
            "--bootstrap needs --files-only: without a governing configuration, no portal is used."
        )


def _save(file: OutFile, made: Plan, name: str) -> None:
    file.write(json_format.plan(made).encode())
    if console.is_terminal(sys.stderr):
        console.log(f"Saved to {printable(name)}")

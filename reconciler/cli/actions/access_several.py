"""Show who can use which API in several portals."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.actions import output, portals
from reconciler.cli.actions.access_scope import read_portal
from reconciler.cli.actions.lookup import require_known_names
from reconciler.cli.runtime import run_async
from reconciler.model.access import AccessFilter, AccessReport
from reconciler.model.portal_results import AccessReports, PortalAccess, PortalFailure, worst
from reconciler.model.resource import Live
from reconciler.model.timestamps import days_after
from reconciler.workflow.access_report import access_in_files, access_in_portal
from reconciler.workflow.portal_scope import in_portal
from reconciler.workflow.validate import ValidationResult

if TYPE_CHECKING:
    from reconciler.cli.actions.access import AccessOptions

_FORMATS = ("text", "json", "markdown")


def show(options: "AccessOptions", path: Path, checked: ValidationResult, names: Sequence[str]) -> int:
    """Print a report with a section for each portal, and return the exit code. Raises click.UsageError."""
    if options.explain or options.output_format not in _FORMATS:
        what = "--explain" if options.explain else f"--format {options.output_format}"
        raise click.UsageError(f"{what} shows one portal: choose one with --portal.")
    keep = options.filter(None if options.ending is None else days_after(checked.today, options.ending))

    async def work(name: str) -> tuple[AccessReport, Live | None]:
        own = in_portal(checked, name)
        if not options.live:
            return access_in_files(own, keep), None
        live = await read_portal(path, own, name, name)
        return access_in_portal(live, checked.today, keep), live

    found = run_async(portals.side_by_side(names, work))
    failures = tuple(each for each in found if isinstance(each, PortalFailure))
    made = {
        name: each for name, each in zip(names, found, strict=True) if not isinstance(each, PortalFailure)
    }
    if not failures:
        _require_known_names(keep, checked, [live for _, live in made.values() if live])
    reports = tuple(PortalAccess(name, report) for name, (report, _) in made.items())
    output.access_reports(
        AccessReports(portals=tuple(names), reports=reports, failures=failures),
        options.output_format,
        options.people,
    )
    portals.log_failures(failures)
    return worst(each.exit_code for each in failures)


def _require_known_names(keep: AccessFilter, checked: ValidationResult, lives: Sequence[Live]) -> None:
    """Raise InputError for a name that appears neither in the files nor in any of the portals."""
    resources = {each: held for live in lives for each, held in live.resources.items()}
    apis = {name: api for live in lives for name, api in live.apis.items()}
    require_known_names(keep, checked.repository, Live("", resources, apis) if lives else None)

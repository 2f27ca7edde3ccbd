"""Show who can use which API, and why."""

import click
import msgspec

from reconciler.cli import console
from reconciler.cli.actions import access_several, output
from reconciler.cli.actions.access_origins import facts
from reconciler.cli.actions.access_scope import ScopeOptions, check_files, live_state
from reconciler.cli.actions.lookup import partners_for
from reconciler.cli.actions.plan_steps import configuration, several
from reconciler.cli.ci import environment
from reconciler.cli.runtime import today
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.model.access import AccessFilter, AccessReport
from reconciler.model.forge import ACTIONS
from reconciler.model.timestamps import days_after
from reconciler.render import text
from reconciler.workflow.access_report import access_in_files, access_in_portal, edges
from reconciler.workflow.sessions import ALL
from reconciler.workflow.validate import ValidationResult, check


class AccessOptions(ScopeOptions, frozen=True, kw_only=True):
    """The options of `reconciler access`."""

    ending: int | None
    people: str
    explain: bool
    forge: bool
    allow_http: bool
    portals: tuple[str, ...]


def show_access(options: AccessOptions) -> int:
    """Print who can use which API, and return the exit code.

    Raises click.UsageError, InputError, PortalError, ForgeError.
    """
    if options.explain and options.output_format != "text":
        raise click.UsageError("--explain prints text: leave out --format.")
    if options.forge and not options.explain:
        raise click.UsageError("--forge needs --explain.")
    if len(options.portals) > 1 or ALL in options.portals:
        path = find_configuration(options.config)
        checked = check(path, today(options.day))
        names = several(options.portals, configuration(checked))
        if names is not None:
            return access_several.show(options, path, checked, names)
    job = environment.job(ACTIONS, allow_http=options.allow_http) if options.forge else None
    path, checked = check_files(options)
    keep = options.filter(None if options.ending is None else days_after(checked.today, options.ending))
    live = live_state(options, path, checked, keep)
    report = _in_files(checked, keep) if live is None else access_in_portal(live, checked.today, keep)
    if options.explain:
        known = facts(path.parent, edges(checked, report, live), job.settings if job else None)
        console.print_result(text.explanation(report, known, color=console.colored()))
    else:
        output.access(report, options.output_format, options.people)
    return 0


def _in_files(checked: ValidationResult, keep: AccessFilter) -> AccessReport:
    report = access_in_files(checked, keep)
    if keep.person is None or checked.repository is None:
        return report
    # A delegated team can only have this person if its partner's domains allow the address.
    partners = partners_for(keep.person, checked.repository)
    teams = tuple(team for team in report.delegated if team.partition("/")[0] in partners)
    return msgspec.structs.replace(report, delegated=teams)

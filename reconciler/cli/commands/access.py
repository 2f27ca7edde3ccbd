"""`reconciler access`: who reaches what, and why."""

import click
import msgspec

from reconciler import workflow
from reconciler.cli import console, options, output, runtime
from reconciler.cli.ci import environment
from reconciler.cli.command import Command
from reconciler.cli.commands import access_scope
from reconciler.cli.lookup import may_hold
from reconciler.cli.provenance import facts
from reconciler.model.access import AccessFilter, AccessReport
from reconciler.model.forge import ACTIONS
from reconciler.model.timestamps import days_after
from reconciler.render import text
from reconciler.workflow import ValidationResult


@click.command(
    cls=Command,
    examples=[
        ("reconciler access --person ana@acme.example --explain", "what she reaches, and why"),
        ("reconciler access --api tracking-v2 --live", "who reaches it now"),
        ("reconciler access --ending 60", "what ends within 60 days"),
        ("reconciler access --format csv > access.csv", "everybody, for a spreadsheet"),
    ],
)
@access_scope.filters
@click.option(
    "--ending", metavar="DAYS", type=click.IntRange(0, 36500), help="What ends within so many days."
)
@click.option("--explain", is_flag=True, help="Show each path in words, with file, line, commit and reason.")
@click.option(
    "--forge", is_flag=True, help="With --explain, ask GitHub or GitLab who approved what git names."
)
@access_scope.live
@click.option(
    "--people",
    type=click.Choice(["counts", "names"]),
    default="counts",
    show_default=True,
    help="How Markdown shows people: how many in each team, or a row for each.",
)
@environment.allow_http_option
@options.together(
    options.config,
    options.portal,
    *options.trust,
    options.today,
    options.formats("text", "json", "csv", "markdown"),
    *options.everywhere,
)
def access(  # noqa: PLR0913  a parameter an option
    config: str | None,
    portal_name: str | None,
    day: str | None,
    output_format: str,
    ending: int | None,
    people: str,
    *,
    allow_http: bool,
    explain: bool,
    forge: bool,
    live: bool,
    **asked: str | None,
) -> None:
    """Show who reaches which API, at which level, through what, and until when.

    From the files, or with --live from the portal. Options narrow it down together.
    """
    if explain and output_format != "text":
        raise click.UsageError("--explain is text: leave --format out.")
    if forge and not explain:
        raise click.UsageError("--forge needs --explain.")
    settings = environment.job(ACTIONS, allow_http=allow_http).settings if forge else None
    path = runtime.configuration(config)
    checked = workflow.check(path, runtime.today(day))
    keep = access_scope.asked_for(asked, None if ending is None else days_after(checked.today, ending))
    held = access_scope.read_portal(path, checked, portal_name) if live else None
    access_scope.require_known(keep, checked, held)
    if held is None:
        report = _in_files(checked, keep)
    else:
        report = workflow.access_in_portal(held, checked.today, keep)
    if explain:
        known = facts(path.parent, workflow.edges(checked, report, held), settings)
        console.out(text.explanation(report, known, color=console.colored()))
    else:
        output.access(report, output_format, people)


def _in_files(checked: ValidationResult, keep: AccessFilter) -> AccessReport:
    report = workflow.access_in_files(checked, keep)
    if keep.person is None or checked.repository is None:
        return report
    # Most partners' teams are not meant for this person, and their admins are told so if they let them in.
    likely = may_hold(keep.person, checked.repository)
    teams = tuple(team for team in report.delegated if team.partition("/")[0] in likely)
    return msgspec.structs.replace(report, delegated=teams)

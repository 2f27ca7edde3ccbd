"""`reconciler access`: who reaches what, and why."""

from pathlib import Path

import click
import msgspec

from reconciler import workflow
from reconciler.cli import edge, forges, options, planning, printing, streams
from reconciler.cli.command import Command
from reconciler.cli.explaining import facts
from reconciler.cli.named import may_hold, require_named, resting
from reconciler.cli.progress import Watch
from reconciler.model.access import AccessFilter, AccessReport
from reconciler.model.forge import ACTIONS
from reconciler.model.moment import days_after
from reconciler.model.resource import Live
from reconciler.model.visible import visible
from reconciler.render import text
from reconciler.workflow import Checked


@click.command(
    cls=Command,
    examples=[
        ("reconciler access --person ana@acme.example --explain", "what she reaches, and why"),
        ("reconciler access --api tracking-v2 --live", "who reaches it now"),
        ("reconciler access --ending 60", "what ends within 60 days"),
        ("reconciler access --format csv > access.csv", "everybody, for a spreadsheet"),
    ],
)
@click.option("--person", metavar="E-MAIL", help="What this person reaches.")
@click.option("--partner", metavar="NAME", help="What the people of this partner reach.")
@click.option("--team", metavar="PARTNER/TEAM", help="What the people of this team reach.")
@click.option("--group", metavar="NAME", help="What is reached through this access group.")
@click.option("--api", metavar="NAME", help="Who reaches this API.")
@click.option(
    "--ending", metavar="DAYS", type=click.IntRange(0, 36500), help="What ends within so many days."
)
@click.option("--explain", is_flag=True, help="Show each path in words, with file, line, commit and reason.")
@click.option(
    "--forge", is_flag=True, help="With --explain, ask GitHub or GitLab who approved what git names."
)
@click.option(
    "--live", is_flag=True, help="Ask the portal, which knows delegated members and invitations too."
)
@click.option(
    "--people",
    type=click.Choice(["counts", "names"]),
    default="counts",
    show_default=True,
    help="How Markdown shows people: how many in each team, or a row for each.",
)
@forges.allow_http_option
@options.together(
    options.config,
    options.portal,
    options.today,
    options.formats("text", "json", "csv", "markdown"),
    *options.everywhere,
)
def access(  # noqa: PLR0913, PLR0917  a parameter an option
    config: str | None,
    portal_name: str | None,
    day: str | None,
    output_format: str,
    person: str | None,
    partner: str | None,
    team: str | None,
    group: str | None,
    api: str | None,
    ending: int | None,
    people: str,
    *,
    allow_http: bool,
    explain: bool,
    forge: bool,
    live: bool,
) -> None:
    """Show who reaches which API, at which level, through what, and until when.

    From the files, or with --live from the portal. Options narrow it down together.
    """
    if explain and output_format != "text":
        raise click.UsageError("--explain is text: leave --format out.")
    if forge and not explain:
        raise click.UsageError("--forge needs --explain.")
    settings = forges.job(ACTIONS, allow_http=allow_http).settings if forge else None
    path = edge.configuration(config)
    checked = workflow.check(path, edge.today(day))
    keep = AccessFilter(
        person=_address(person),
        partner=partner,
        team=team,
        group=group,
        api=api,
        ending=None if ending is None else days_after(checked.today, ending),
    )
    held = _read(path, checked, portal_name) if live else None
    report = _in_files(checked, keep) if held is None else _live(held, checked, keep)
    if explain:
        known = facts(path.parent, workflow.edges(checked, report, held), settings)
        streams.out(text.explanation(report, known, color=streams.colored()))
    else:
        printing.access(report, output_format, people)


def _address(person: str | None) -> str | None:
    from reconciler.model.identity import canonical_email  # noqa: PLC0415  small

    return canonical_email(person) if person else None


def _in_files(checked: Checked, keep: AccessFilter) -> AccessReport:
    repository = workflow.require_readable(checked)
    require_named(keep, repository)
    for sentence in resting(keep, repository):
        streams.say(f"Note: {visible(sentence)}.")
    report = workflow.access_in_files(checked, keep)
    if keep.person is None:
        return report
    # Most partners' teams are not meant for this person, and their admins are told so if they let them in.
    likely = may_hold(keep.person, repository)
    teams = tuple(team for team in report.delegated if team.partition("/")[0] in likely)
    return msgspec.structs.replace(report, delegated=teams)


def _live(held: Live, checked: Checked, keep: AccessFilter) -> AccessReport:
    require_named(keep, checked.repository, held)
    return workflow.access_in_portal(held, checked.today, keep)


def _read(path: Path, checked: Checked, name: str | None) -> Live:
    document = planning.configuration(checked)

    async def work() -> Live:
        watch = Watch()
        async with workflow.open_portal(path, document, name, edge.secret, checked.repository) as portal:
            try:
                return await workflow.read_whole(portal, watch)
            finally:
                watch.done()

    return edge.loop(work())

"""`reconciler forecast`: who loses access on which day."""

import click

from reconciler import workflow
from reconciler.cli import options, output, runtime
from reconciler.cli.command import Command
from reconciler.cli.commands import access_scope
from reconciler.errors import InputError


@click.command(
    cls=Command,
    examples=[
        ("reconciler forecast --until 2027-12-31", "who loses access until then"),
        ("reconciler forecast --until 2027-06-30 --partner acme --live", "in the portal, of one partner"),
        ("reconciler forecast --until 2027-12-31 --format ics > ends.ics", "for a calendar"),
    ],
)
@click.option("--until", metavar="DATE", required=True, help="The last day to look at, YYYY-MM-DD.")
@click.option("--from", "since", metavar="DATE", help="The day to compare with; by default --today.")
@access_scope.filters
@access_scope.live
@click.option(
    "--people",
    type=click.Choice(["counts", "names"]),
    default="counts",
    show_default=True,
    help="How Markdown shows the people of a team.",
)
@options.together(
    options.config,
    options.portal,
    *options.trust,
    options.today,
    options.formats("text", "json", "csv", "markdown", "ics"),
    *options.everywhere,
)
def forecast(  # noqa: PLR0913, PLR0917  a parameter an option
    until: str,
    since: str | None,
    people: str,
    config: str | None,
    portal_name: str | None,
    day: str | None,
    output_format: str,
    *,
    live: bool,
    **asked: str | None,
) -> None:
    """Show who loses access on which day and why, if nobody changes anything.

    From the files, or with --live from what the portal holds now. What ends on its last day is lost on the
    day after. Options narrow it down together.
    """
    path, today = runtime.configuration(config), runtime.today(day)
    first, last = runtime.day("--from", since) if since else today, runtime.day("--until", until)
    if last < first:
        raise InputError(f"--until: {last} is before {first}", "give a later day, or an earlier --from")
    checked = workflow.check(path, today)
    keep = access_scope.asked_for(asked)
    held = access_scope.read_portal(path, checked, portal_name) if live else None
    access_scope.require_known(keep, checked, held)
    output.forecast(workflow.forecast(checked, first, last, keep, held), output_format, people)

"""`reconciler access`: who can use which API, and why."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.option_values import WholeNumber


@click.command(
    cls=Command,
    examples=[
        ("reconciler access --person ana@acme.example --explain", "what she can use, and why"),
        ("reconciler access --api tracking-v2 --live", "who can use it now"),
        ("reconciler access --live --portal all", "in every portal"),
        ("reconciler access --ending 60", "what ends within 60 days"),
        ("reconciler access --format csv > access.csv", "everything, for a spreadsheet"),
    ],
)
@options.access_filters
@click.option(
    "--ending", metavar="DAYS", type=WholeNumber(0, 36500), help="Only what ends within this many days."
)
@click.option("--explain", is_flag=True, help="Show each path in words, with file, line, commit and reason.")
@click.option("--forge", is_flag=True, help="With --explain, ask the forge who approved each commit.")
@options.live
@click.option(
    "--people",
    type=click.Choice(["counts", "names"]),
    default="counts",
    show_default=True,
    help="How Markdown shows people: the number in each team, or a row for each person.",
)
@options.allow_http
@options.combine(
    options.config,
    options.portals,
    *options.trust,
    options.today,
    options.formats("text", "json", "csv", "markdown"),
    *options.everywhere,
)
def access(portals: tuple[str, ...], **given: Any) -> int:
    """Show who can use which API, at which level, through which path, and until when.

    Reads the files, or with --live the portal. Several options narrow the report down together.
    """
    from reconciler.cli.actions.access import AccessOptions, show_access

    portal = next(iter(portals), None) or None
    return show_access(AccessOptions(portal_name=portal, portals=portals, **given))

"""`reconciler list`: partners, teams, people, groups or APIs."""

from typing import Any, get_args

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_owner
from reconciler.cli.option_values import WholeNumber
from reconciler.model.inventory import Sort, Status


@click.command(
    name="list",
    cls=Command,
    examples=[
        ("reconciler list partners --status suspended", "suspended partners"),
        ("reconciler list people --partner acme --live", "everyone in its teams, invited or active"),
        ("reconciler list teams --live --inactive", "teams without an active person"),
        (
            "reconciler list apis --owner logistics --format csv",
            "how many people use them, for a spreadsheet",
        ),
    ],
)
@click.argument("sort", type=click.Choice(get_args(Sort)))
@options.access_filters
@click.option("--owner", metavar="NAME", shell_complete=complete_owner, help="Only objects of this owner.")
@click.option("--status", type=click.Choice(get_args(Status)), help="Only objects with this status.")
@click.option(
    "--ending", metavar="DAYS", type=WholeNumber(0, 36500), help="Only what ends within this many days."
)
@click.option("--inactive", is_flag=True, help="Only objects without an active person.")
@options.live
@options.combine(
    options.config,
    options.portal,
    *options.trust,
    options.today,
    options.formats("text", "json", "csv", "markdown"),
    *options.everywhere,
)
def list_objects(**given: Any) -> None:
    """List partners, teams, people, groups or APIs, with owner, status, end and number of people.

    Reads the files, or with --live the portal. People are in a team or have a grant; a person who is only
    invited is not active. Several options narrow the list down together.
    """
    from reconciler.cli.actions.list_objects import ListOptions
    from reconciler.cli.actions.list_objects import list_objects as run

    run(ListOptions(**given))

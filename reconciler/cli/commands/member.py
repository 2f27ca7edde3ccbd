"""`reconciler member`: the members of a team whose file lists them."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command, Group


@click.group(cls=Group)
def member() -> None:
    """Add and remove members of a team whose file lists them."""


@member.command(
    cls=Command,
    short_help="Add a person.",
    examples=[
        ("reconciler member add acme/finance bo@acme.example", "and to the portal with the next apply")
    ],
)
@click.argument("team", metavar="PARTNER/TEAM")
@click.argument("email")
@click.option("--until", metavar="DATE", help="The last day of the membership, YYYY-MM-DD.")
@options.no_until
@options.past
@options.combine(options.config, options.today, *options.everywhere)
def add(team: str, email: str, config: str | None, day: str | None, **end: Any) -> int:
    """Add a person to a team, or change their last day.

    Members of delegated teams are managed in the portal.
    """
    from reconciler.cli.actions.members import End, add_member

    return add_member(config, day, team, email, End(**end))


@member.command(
    cls=Command,
    short_help="Remove a person.",
    examples=[("reconciler member remove acme/finance bo@acme.example", "they lose the team's access")],
)
@click.argument("team", metavar="PARTNER/TEAM")
@click.argument("email")
@options.combine(options.config, options.today, *options.everywhere)
def remove(team: str, email: str, config: str | None, day: str | None) -> int:
    """Remove a person from a team. Members of delegated teams are managed in the portal."""
    from reconciler.cli.actions.members import remove_member

    return remove_member(config, day, team, email)

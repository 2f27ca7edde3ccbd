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
@options.edits
def add(team: str, email: str, until: str | None, no_until: bool, past: bool, **edit: Any) -> int:  # noqa: FBT001  click's
    """Add a person to a team, or change their last day.

    Members of delegated teams are managed in the portal.
    """
    from reconciler.cli.actions.edit_files import EditOptions
    from reconciler.cli.actions.members import End, add_member

    return add_member(EditOptions(**edit), team, email, End(until=until, no_until=no_until, past=past))


@member.command(
    cls=Command,
    short_help="Remove a person.",
    examples=[("reconciler member remove acme/finance bo@acme.example", "they lose the team's access")],
)
@click.argument("team", metavar="PARTNER/TEAM")
@click.argument("email")
@options.edits
def remove(team: str, email: str, **edit: Any) -> int:
    """Remove a person from a team. Members of delegated teams are managed in the portal."""
    from reconciler.cli.actions.edit_files import EditOptions
    from reconciler.cli.actions.members import remove_member

    return remove_member(EditOptions(**edit), team, email)

"""`reconciler member`: the members of a team whose file lists them."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command, Group
from reconciler.cli.name_completion import complete_team


@click.group(cls=Group)
def member() -> None:
    """Add and remove people of a team: its admins, and members whom its file lists."""


_csv = click.option(
    "--csv",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Read people from a CSV file with a column email; - is stdin.",
)


@member.command(
    cls=Command,
    short_help="Add people.",
    examples=[
        ("reconciler member add acme/finance bo@acme.example", "and to the portal with the next apply"),
        ("reconciler member add acme/finance --csv people.csv", "all in a file"),
        ("reconciler member add acme/web di@acme.example --admin", "as an admin"),
    ],
)
@click.argument("team", metavar="PARTNER/TEAM", shell_complete=complete_team)
@click.argument("emails", nargs=-1, metavar="[EMAIL]...")
@_csv
@click.option("--admin", is_flag=True, help="Add them as admins; members become admins.")
@click.option("--until", metavar="DATE", help="The last day of the membership, YYYY-MM-DD.")
@options.no_until
@options.past
@options.edits
def add(team: str, emails: tuple[str, ...], csv: str | None, **given: Any) -> int:
    """Add people to a team, or change their last day.

    Members of delegated teams are managed in the portal; only their admins are in the file. A CSV file can
    also have the columns until and role (admin or member); other columns are not used.
    """
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.members import Listed, Membership, add_members

    edit = EditOptions.taken(given)
    return add_members(edit, Listed(team=team, emails=emails, csv=csv), Membership(**given))


@member.command(
    cls=Command,
    short_help="Remove people.",
    examples=[
        ("reconciler member remove acme/finance bo@acme.example", "they lose the team's access"),
        ("reconciler member remove acme/finance --csv leavers.csv", "all in a file"),
        ("reconciler member remove acme/web di@acme.example --admin", "an admin"),
    ],
)
@click.argument("team", metavar="PARTNER/TEAM", shell_complete=complete_team)
@click.argument("emails", nargs=-1, metavar="[EMAIL]...")
@_csv
@click.option("--admin", is_flag=True, help="Remove admins; without it, no admin is removed.")
@options.edits
def remove(team: str, emails: tuple[str, ...], csv: str | None, **given: Any) -> int:
    """Remove people from a team: members whom its file lists, or with --admin its admins.

    Members of delegated teams are managed in the portal. The last admin is not removed.
    """
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.members import Listed, remove_members

    is_admin = given.pop("admin")
    return remove_members(EditOptions.taken(given), Listed(team=team, emails=emails, csv=csv), admin=is_admin)

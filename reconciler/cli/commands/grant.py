"""`reconciler grant`: add an access group to a partner's file."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_group, complete_holder


@click.command(
    cls=Command,
    examples=[
        ("reconciler grant acme/web tracking", "to one team"),
        ("reconciler grant acme tracking --until 2027-12-31", "to all its teams, until a day"),
        ("reconciler grant acme tracking --no-until", "to all its teams, without an end"),
    ],
)
@click.argument("holder", metavar="PARTNER[/TEAM]", shell_complete=complete_holder)
@click.argument("group", shell_complete=complete_group)
@click.option("--level", type=click.Choice(["view", "consume"]), help="The level; by default consume.")
@click.option("--until", metavar="DATE", help="The last day, YYYY-MM-DD.")
@options.no_until
@options.past
@click.option("--reason", metavar="TEXT", help="The reason.")
@click.option("--no-reason", is_flag=True, help="Remove the reason.")
@options.edits
def grant(**given: Any) -> int:
    """Add an access group to a partner's file, or change level, end and reason of one that is there.

    The owner of the group must have offered it. The rest of the file stays as it is, comments included.
    """
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.grants import GrantOptions, grant_group

    edit = EditOptions.taken(given)
    return grant_group(edit, GrantOptions(**given))

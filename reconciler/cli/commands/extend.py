"""`reconciler extend`: move the end of access to a later day."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_group, complete_holder


@click.command(
    cls=Command,
    examples=[
        ("reconciler extend acme/web tracking --until 2028-12-31", "a year more"),
        ("reconciler extend acme tracking --no-end", "without an end"),
        ("reconciler extend sam@indie.example beta --until 2028-12-31", "a grant to a person"),
    ],
)
@click.argument("holder", metavar="PARTNER[/TEAM]|EMAIL", shell_complete=complete_holder)
@click.argument("group", shell_complete=complete_group)
@click.option("--until", metavar="DATE", help="The new last day, YYYY-MM-DD.")
@click.option("--no-end", is_flag=True, help="Remove the last day.")
@options.edits
def extend(holder: str, **given: Any) -> int:
    """Move the end of the access of a partner, team or person to a later day, or remove it.

    The entry in the partner's file is changed, or the grant in the group's file. An earlier day is refused;
    `reconciler grant --until` sets any day.
    """
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.extension import Extension, extend_access

    edit = EditOptions.taken(given)
    return extend_access(edit, Extension(holder=holder, **given))

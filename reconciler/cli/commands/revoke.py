"""`reconciler revoke`: take an access group away from a partner or one of its teams."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_group, complete_holder


@click.command(
    cls=Command,
    examples=[
        ("reconciler revoke acme/web tracking", "from one team"),
        ("reconciler revoke acme tracking", "from all its teams"),
        ("reconciler revoke sam@indie.example beta", "a grant to a person"),
    ],
)
@click.argument("holder", metavar="PARTNER[/TEAM]|EMAIL", shell_complete=complete_holder)
@click.argument("group", shell_complete=complete_group)
@options.edits
def revoke(holder: str, group: str, **given: Any) -> int:
    """Remove an access group from a partner's file, or a grant from the group's own file.

    If the owner of the group granted it, the owner has to agree and is named. The rest of the file stays as
    it is, comments included, except one at the end of the removed line.
    """
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.grants import revoke_group

    return revoke_group(EditOptions.taken(given), holder, group)

"""`reconciler end`: end a partner or one of its teams."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_holder


@click.command(
    cls=Command,
    examples=[
        ("reconciler end acme", "the partnership is over"),
        ("reconciler end acme/web", "one of its teams"),
    ],
)
@click.argument("holder", metavar="PARTNER[/TEAM]", shell_complete=complete_holder)
@options.edits
def end(holder: str, **given: Any) -> int:
    """End a partner or one of its teams: with the next apply, it is deleted with all its people.

    That includes people whom the admins added in the portal. Delete the file, or the team in it, after that
    is applied.
    """
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.lifecycle import set_status

    return set_status(EditOptions.taken(given), holder, "ended")

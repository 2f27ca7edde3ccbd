"""`reconciler resume`: give a suspended partner its access again."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_partner


@click.command(
    cls=Command,
    examples=[
        ("reconciler resume acme", "after reconciler suspend acme"),
    ],
)
@click.argument("holder", metavar="PARTNER", shell_complete=complete_partner)
@options.edits
def resume(holder: str, **given: Any) -> int:
    """Resume a suspended partner: its teams have the access again that the files give them."""
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.lifecycle import set_status

    return set_status(EditOptions.taken(given), holder, "active")

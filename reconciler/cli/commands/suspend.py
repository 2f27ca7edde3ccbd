"""`reconciler suspend`: withdraw all grants to the teams of a partner, for now."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_partner


@click.command(
    cls=Command,
    examples=[
        ("reconciler suspend acme", "until it is resumed"),
    ],
)
@click.argument("holder", metavar="PARTNER", shell_complete=complete_partner)
@options.edits
def suspend(holder: str, **given: Any) -> int:
    """Suspend a partner: its teams and people stay, and all grants to its teams are withdrawn.

    Grants to single people of its domains stay. `reconciler resume` undoes it.
    """
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.lifecycle import set_status

    return set_status(EditOptions.taken(given), holder, "suspended")

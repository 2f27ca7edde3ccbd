"""`reconciler move`: move a team to another partner."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_partner, complete_team


@click.command(
    cls=Command,
    examples=[("reconciler move acme/web northstar", "and in the portal with the next apply")],
)
@click.argument("team", metavar="PARTNER/TEAM", shell_complete=complete_team)
@click.argument("partner", metavar="TO", shell_complete=complete_partner)
@options.edits
def move(team: str, partner: str, **given: Any) -> int:
    """Move a team to another partner, with its people, invitations and grants.

    Every reference changes. The access that its new partner has for all teams comes, that of the former
    partner goes; the team's own access must fit offers to the new partner. The owners of both are named.
    """
    from reconciler.cli.actions.edits.edit_files import EditOptions
    from reconciler.cli.actions.edits.rename import move_team

    return move_team(EditOptions.taken(given), team, partner)

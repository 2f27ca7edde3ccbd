"""`reconciler offboard`: take people out of all files."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler offboard bo@acme.example", "then open a pull request"),
        ("reconciler offboard bo@acme.example --live --portal all", "also where only portals have them"),
        ("reconciler offboard bo@acme.example cy@acme.example --dry-run", "show what two leavers change"),
    ],
)
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
@click.option("--live", is_flag=True, help="Also read the portal, which has delegated members.")
@options.combine(options.portals, *options.trust, options.edits)
def offboard(emails: tuple[str, ...], **given: Any) -> int:
    """Take people out of all files, and block them where they could come back.

    They are removed from admins and members of all teams, and from grants to single people. They are blocked
    in each partner with a delegated team that named them or whose domains allow their address, so that no
    admin can add them again. With --live, this includes each such partner that has them in a portal.

    A team that loses its last admin is named, with the people who could be it: choose one in the same pull
    request, or later. `reconciler apply --only-removals` takes the people out of the portals.
    """
    from reconciler.cli.actions.offboard import OffboardOptions, offboard_people

    return offboard_people(OffboardOptions(emails=emails, **given))

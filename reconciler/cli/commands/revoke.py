"""`reconciler revoke`: take an access group out of a partner's file."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler revoke acme/web tracking", "from one team"),
        ("reconciler revoke acme tracking", "from each of its teams"),
    ],
)
@click.argument("holder", metavar="PARTNER[/TEAM]")
@click.argument("group")
@options.together(options.config, options.today, *options.everywhere)
def revoke(holder: str, group: str, config: str | None, day: str | None) -> int:
    """Take an access group out of a partner's file. What the group's owner granted stays with the owner.

    Everything else in the file stays as it is, comments too, except one at the end of the removed line.
    """
    from reconciler import edit  # noqa: PLC0415  help needs none of it
    from reconciler.cli import edit_file  # noqa: PLC0415

    partner, team = edit_file.parted(holder)
    return edit_file.change(
        config,
        day,
        partner,
        lambda document, repository: edit.revoked(
            document.data, team, group, edit_file.granted_at(repository, holder, group)
        ),
    )

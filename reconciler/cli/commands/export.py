"""`reconciler export`: write what a portal holds as files."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_owner


@click.command(
    cls=Command,
    examples=[
        ("reconciler export --owner partnerships", "everything that the files do not define yet"),
        ("reconciler export --partner 'Acme Logistics' --dry-run", "show the file of one partner"),
        ("reconciler export --into /tmp/portal", "everything, to compare it with the files"),
    ],
)
@click.option(
    "--partner", "partners", metavar="NAME", multiple=True, help="Only this partner with its teams."
)
@click.option(
    "--group", "groups", metavar="NAME", multiple=True, help="Only this access group with its products."
)
@click.option(
    "--owner",
    metavar="OWNER",
    shell_complete=complete_owner,
    help="The owner of objects for which the portal names none of the owners.",
)
@click.option(
    "--include-members",
    is_flag=True,
    help="List the members of delegated teams too; the files then decide about them.",
)
@click.option(
    "--into",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Write everything to this folder, whatever the files define.",
)
@options.dry_run
@options.combine(options.config, options.portal, *options.trust, options.today, *options.everywhere)
def export(partners: tuple[str, ...], groups: tuple[str, ...], **given: Any) -> int:
    """Write the partners, access groups, products and APIs of a portal as files, and print their paths.

    The portal is only read. Objects that the files define already are left out. Names in the portal that are
    not slugs become slugs with an externalName. Comments in the files say what is left out, and TODO where
    the portal does not have what files need. An existing file is never overwritten: its difference is
    printed, no file is written, and the command ends with 1.
    """
    from reconciler.cli.actions.export import ExportCommand, export_files

    return export_files(ExportCommand(partners=frozenset(partners), groups=frozenset(groups), **given))

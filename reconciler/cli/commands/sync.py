"""`reconciler sync`: the accounts of a CRM become changes of partner files."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.name_completion import complete_crm


@click.command(
    cls=Command,
    examples=[
        ("reconciler sync crm --dry-run", "show what the accounts of the source crm change"),
        ("reconciler sync crm --file export.csv", "read this file instead of the one in the settings"),
        ("reconciler sync crm --link", "connect partners that exist with their accounts"),
        ("reconciler sync crm --format markdown", "the text of a pull request"),
    ],
)
@click.argument("source", shell_complete=complete_crm)
@click.option(
    "--file",
    metavar="PATH",
    type=click.Path(allow_dash=True),
    help="Read this file instead of the one in the settings; - is stdin.",
)
@click.option(
    "--link",
    is_flag=True,
    help="Write the annotation into files whose partner is the only one like an account.",
)
@options.detailed_exitcode
@options.combine(options.formats("text", "json", "markdown"), *options.trust, options.edits)
def sync(**given: Any) -> int:
    """Create partner files for the accounts of a CRM, and change the mapped fields of existing ones.

    SOURCE is a name under `sources` in the configuration. An account and its partner are connected by the id
    in an annotation, never by the name. Only fields that differ are changed, and comments stay. Nothing is
    deleted, and an empty value changes nothing.

    Rows that cannot be mapped are reported, and so are partners without an account. All others are written.
    With rows that were not mapped, the exit code is 1. If the CRM cannot be read completely, nothing is
    written, and it is 5.
    """
    from reconciler.cli.actions.edits.sync import SyncCommand, sync_accounts

    return sync_accounts(SyncCommand(**given))

"""`reconciler codeowners`: CODEOWNERS from the owners in the files."""

from typing import Literal

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler codeowners", "write it"),
        ("reconciler codeowners --default platform", "with an owner of everything else"),
        ("reconciler codeowners --check", "in CI: is it up to date?"),
    ],
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when the file differs.")
@click.option(
    "--forge",
    type=click.Choice(["github", "gitlab", "gitea"]),
    help="The forge that reads it; by default the one whose folder exists, else github.",
)
@click.option(
    "--default",
    "default_owner",
    metavar="OWNER",
    help="The owner of new files, the catalog and the configuration; by default the first of the owners.",
)
@options.combine(options.config, *options.everywhere)
def codeowners(
    config: str | None,
    default_owner: str | None,
    forge: Literal["github", "gitlab", "gitea"] | None,
    *,
    check: bool,
) -> None:
    """Write CODEOWNERS, so that a forge asks the owners of a file to review its changes.

    Only the lines between `# reconciler: begin` and `# reconciler: end` are written; all others stay. A
    warning names owners whom the forge cannot ask; the default owner is asked in their place.
    """
    from reconciler.cli.actions.codeowners import write_codeowners

    write_codeowners(config, forge, default_owner, check=check)

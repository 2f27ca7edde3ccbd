"""`reconciler codeowners`: CODEOWNERS from the owners in the files."""

from typing import Literal

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler codeowners", "write it"),
        ("reconciler codeowners --default platform", "who answers for what nobody else does"),
        ("reconciler codeowners --check", "in CI: does it fit the files?"),
    ],
)
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when the file differs.")
@click.option(
    "--forge",
    type=click.Choice(["github", "gitlab"]),
    help="Who reads it; by default the one whose folder is there, else github.",
)
@click.option(
    "--default",
    "default_owner",
    metavar="OWNER",
    help="Who answers for new files, the catalog and the configuration; by default the first of the owners.",
)
@options.together(options.config, *options.everywhere)
def codeowners(
    config: str | None, default_owner: str | None, forge: Literal["github", "gitlab"] | None, *, check: bool
) -> None:
    """Write CODEOWNERS, so that a forge asks the owners of a file to review what changes it.

    Only the block between `# reconciler: begin` and `# reconciler: end` is ours; other lines stay. An owner
    whom the forge cannot ask is named, and where a file has no other one, the default owner is asked.
    """
    from reconciler.cli.storage import codeowners_file  # noqa: PLC0415  help needs none of it

    codeowners_file.write(config, forge, default_owner, check=check)

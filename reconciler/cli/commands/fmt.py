"""`reconciler fmt`: the files in one order of keys and one style."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler fmt", "the configuration and all files that it names"),
        ("reconciler fmt partners/acme.yaml", "only these files, or the files in these folders"),
        ("reconciler fmt --check", "in CI: show what would change, and exit with 1"),
    ],
)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True))
@click.option(
    "--check", is_flag=True, help="Write nothing; print the difference, and exit with 1 if there is one."
)
@options.combine(options.config, *options.everywhere)
def fmt(paths: tuple[str, ...], config: str | None, *, check: bool) -> int:
    """Write the files in one order of keys and one style. Values, comments and the order of lists stay.

    Keys get the order of the file format. A collection in brackets stays there unless it is too long, and one
    on lines of its own stays there, except for a short entry of a list. A file with errors or anchors is left
    as it is, and so is JSON.
    """
    from reconciler.cli.actions.edits.format_files import format_files

    return format_files(config, paths, check=check)

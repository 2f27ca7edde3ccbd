"""`reconciler schema`: the JSON Schemas, for editors and other programs."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler schema", "write them to schemas/"),
        ("reconciler schema --check", "in CI: are they up to date?"),
    ],
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a file differs.")
@click.option(
    "--into",
    "folder",
    default="schemas",
    show_default=True,
    metavar="DIR",
    type=click.Path(),
    help="The folder of the schemas.",
)
@options.combine(*options.everywhere)
def schema(folder: str, *, check: bool) -> None:
    """Write the JSON Schemas of the files, with which editors complete and check them.

    The first line of a file names its schema: # yaml-language-server: $schema=../schemas/partner.schema.json
    """
    from reconciler.cli.actions.schema import check_schemas, write_schemas

    if check:
        check_schemas(folder)
    else:
        write_schemas(folder)

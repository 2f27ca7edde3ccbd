"""`reconciler schema`: the JSON Schemas, for editors and other programs."""

from pathlib import Path

import click

from reconciler.cli import console, options
from reconciler.cli.command import Command
from reconciler.errors import InputError


@click.command(
    cls=Command,
    examples=[
        ("reconciler schema", "write them to schemas/"),
        ("reconciler schema --check", "in CI: are they what they should be?"),
    ],
)
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when a file differs.")
@click.option(
    "--into",
    "folder",
    default="schemas",
    show_default=True,
    metavar="DIR",
    type=click.Path(),
    help="Where they stand.",
)
@options.together(*options.everywhere)
def schema(folder: str, *, check: bool) -> None:
    """Write the JSON Schemas of the files, which editors complete and check with.

    A file's first line names its schema: # yaml-language-server: $schema=../schemas/partner.schema.json
    """
    from reconciler.cli.storage import checkout  # noqa: PLC0415  help needs none of it
    from reconciler.schema import drift, files  # noqa: PLC0415  the same

    if not check:
        top = checkout.top_level(Path.cwd())
        for name, content in files().items():
            checkout.write(Path(folder, name), content.encode(), top, private=False)
            console.out(str(Path(folder, name)))
        return
    drifted = drift(Path(folder))
    if drifted:
        raise InputError(
            "\n".join(f"{Path(folder, name)} is not what the models say" for name in drifted),
            "`reconciler schema` writes them",
        )

"""`reconciler schema`: the JSON Schemas, for editors and other programs."""

from pathlib import Path

import click

from reconciler.errors import InputError


@click.command(short_help="Write the JSON Schemas.")
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when a file differs.")
@click.option(
    "--into", "folder", default="schemas", show_default=True, metavar="DIR", help="Where they stand."
)
def schema(folder: str, *, check: bool) -> None:
    """Write the JSON Schemas of the files and outputs, which editors complete and check with.

    A file's first line names its schema: # yaml-language-server: $schema=../schemas/partner.schema.json
    """
    from reconciler.schema import drift, write  # noqa: PLC0415  help needs none of it

    if not check:
        for path in write(Path(folder)):
            click.echo(str(path))
        return
    drifted = drift(Path(folder))
    if drifted:
        raise InputError(
            "\n".join(f"{Path(folder, name)} is not what the models say" for name in drifted),
            "`reconciler schema` writes them",
        )

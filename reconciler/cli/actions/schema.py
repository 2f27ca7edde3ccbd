"""Write the JSON Schemas, or check that they are up to date."""

from pathlib import Path

from reconciler.cli import console
from reconciler.cli.storage import checkout
from reconciler.errors import InputError
from reconciler.schema import drift, files


def write_schemas(folder: str) -> None:
    """Write the schemas, and print their paths."""
    top = checkout.top_level(Path.cwd())
    for name, content in files().items():
        checkout.write(Path(folder, name), content.encode(), top, private=False)
        console.print_result(str(Path(folder, name)))


def check_schemas(folder: str) -> None:
    """Raise InputError that names each schema which is not up to date."""
    drifted = drift(Path(folder))
    if drifted:
        raise InputError(
            "\n".join(f"{Path(folder, name)} is not up to date" for name in drifted),
            "`reconciler schema` writes it",
        )

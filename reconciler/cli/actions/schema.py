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
            "\n".join(_difference(Path(folder, name)) for name in drifted),
            "write the schemas with `reconciler schema`",
        )


def _difference(path: Path) -> str:
    return f"{path} {'is not up to date' if path.exists() else 'does not exist'}"

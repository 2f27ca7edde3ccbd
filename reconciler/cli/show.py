"""`reconciler show`: a saved plan or receipt, also an old one, in any format."""

import click
import msgspec

from reconciler.cli import edge, options, planning, printing
from reconciler.errors import InputError
from reconciler.model.plan import read_plan
from reconciler.model.receipt import read_receipt


@click.command(short_help="Show a saved plan or receipt.")
@click.argument("file", metavar="PLAN|RECEIPT")
@options.together(options.formats("text", "json"), options.no_color)
def show(file: str, output_format: str, *, no_color: bool) -> None:
    """Show a plan that `reconciler plan --out` saved, or a receipt that apply left."""
    content = planning.content(file)
    color = edge.colored(no_color)
    if _format(file, content).startswith("reconciler-receipt/"):
        printing.receipt(read_receipt(content), output_format, color=color)
    else:
        printing.plan(read_plan(content), output_format, color=color)


def _format(file: str, content: bytes) -> str:
    try:
        document = msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        raise InputError(f"{file} is neither a plan nor a receipt: {error}") from error
    said = document.get("format") if isinstance(document, dict) else None
    if not isinstance(said, str) or not said.startswith(("reconciler-plan/", "reconciler-receipt/")):
        raise InputError(f"{file} is neither a plan nor a receipt: its format is {said!r}")
    return said

"""`reconciler show`: a saved plan or receipt, also an old one, in any format."""

import click
import msgspec

from reconciler.cli import options, planning, printing
from reconciler.cli.command import Command
from reconciler.errors import InputError
from reconciler.model.plan import read_plan
from reconciler.model.receipt import read_receipt


@click.command(
    cls=Command,
    examples=[
        ("reconciler show plan.json", "read a plan that was saved"),
        ("reconciler show .reconciler/receipts/2026-11-24T124425Z-afd1355103c3.json", "what was applied"),
    ],
)
@click.argument("file", metavar="PLAN|RECEIPT", type=click.Path())
@options.together(options.formats("text", "json"), *options.everywhere)
def show(file: str, output_format: str) -> None:
    """Show a plan that `reconciler plan --out` saved, or a receipt that apply left."""
    content = planning.content(file)
    if _format(file, content).startswith("reconciler-receipt/"):
        printing.receipt(read_receipt(content), output_format)
    else:
        printing.plan(read_plan(content), output_format)


def _format(file: str, content: bytes) -> str:
    try:
        document = msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        raise InputError(f"{file} is neither a plan nor a receipt: {error}") from error
    said = document.get("format") if isinstance(document, dict) else None
    if not isinstance(said, str) or not said.startswith(("reconciler-plan/", "reconciler-receipt/")):
        raise InputError(f"{file} is neither a plan nor a receipt: its format is {said!r}")
    return said

"""`reconciler show`: a saved plan or receipt, also an old one, in any format."""

from typing import Final

import click

from reconciler.cli import options, output, plan_steps
from reconciler.cli.command import Command
from reconciler.errors import InputError
from reconciler.model.journal import read_journal
from reconciler.model.plan import read_plan
from reconciler.model.receipt import read_receipt

_OF_RECEIPTS: Final = ("text", "json", "markdown")
_HINT: Final = (
    "`reconciler plan --out FILE` saves a plan; `reconciler apply` leaves receipts in .reconciler/receipts"
)
_KNOWN: Final = ("reconciler-plan/", "reconciler-receipt/", "reconciler-journal/")


@click.command(
    cls=Command,
    examples=[
        ("reconciler show plan.json", "read a plan that was saved"),
        ("reconciler show plan.json --format html > plan.html", "as a page"),
        ("reconciler show plan.json --parts plan", "as a list in parts: plan/plan-1.md and so on"),
        ("reconciler show .reconciler/receipts/2026-11-24T124425Z-afd1355103c3.json", "what was applied"),
    ],
)
@click.argument("file", metavar="PLAN|RECEIPT", type=click.Path())
@click.option(
    "--parts",
    metavar="FOLDER",
    type=click.Path(),
    help="Write all of a plan as Markdown into FOLDER, in parts that a forge shows.",
)
@options.together(
    options.formats("text", "json", "markdown", "html", "github", "gitlab", "sarif"),
    options.people,
    *options.everywhere,
)
def show(file: str, output_format: str, people: str, parts: str | None) -> None:
    """Show a plan that `reconciler plan --out` saved, or a receipt that apply left.

    For github, gitlab and sarif these are the plan's findings, at files of the configuration here or above.
    The journal of a run that was killed, in .reconciler/journals, is shown as the receipt that it lacks.
    """
    content = plan_steps.content(file)
    said = _format(file, content)
    if output_format not in _OF_RECEIPTS and not said.startswith("reconciler-plan/"):
        said = f"Only a plan is shown as {output_format}; a receipt as {', '.join(_OF_RECEIPTS)}."
        raise click.UsageError(said)
    if parts is not None:
        if not said.startswith("reconciler-plan/"):
            raise click.UsageError("--parts goes with a plan.")
        output.parts(read_plan(content), parts, people)
    elif said.startswith("reconciler-receipt/"):
        output.receipt(read_receipt(content), output_format, whole=True)
    elif said.startswith("reconciler-journal/"):
        output.receipt(read_journal(content), output_format, whole=True)
    else:
        output.plan(read_plan(content), output_format, people=people)


def _format(file: str, content: bytes) -> str:
    said = plan_steps.format_of(content)
    if not said.startswith(_KNOWN):
        named = f": its format is {said!r}" if said else ""
        raise InputError(f"{file} is neither a plan nor a receipt{named}", _HINT)
    return said

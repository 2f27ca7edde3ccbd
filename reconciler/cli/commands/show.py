"""`reconciler show`: a saved plan or receipt, also of an older version, in any format."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler show plan.json", "show a saved plan"),
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
    help="Write the whole plan as Markdown into FOLDER, in parts small enough for a forge to show.",
)
@options.combine(
    options.formats("text", "json", "markdown", "html", "github", "gitlab", "sarif"),
    options.people,
    *options.everywhere,
)
def show(file: str, output_format: str, people: str, parts: str | None) -> None:
    """Show a plan that `reconciler plan --out` saved, or a receipt that apply wrote.

    The formats github, gitlab and sarif show the plan's findings, for the configuration here or above. The
    journal of a killed run, in .reconciler/journals, is shown in place of the missing receipt.
    """
    from reconciler.cli.actions.show import show_file

    show_file(file, output_format, people, parts)

"""Printing nouns in the format that was chosen: results go to stdout."""

from reconciler.cli import edge
from reconciler.cli.streams import colored, out, width
from reconciler.model.access import AccessReport
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt
from reconciler.render import machine, text
from reconciler.workflow import Checked


def findings(checked: Checked, output_format: str) -> None:
    """Print what the files were found to be."""
    files, documents = counts(checked)
    if output_format == "json":
        out(machine.findings(checked.findings, files, documents))
    else:
        out(text.findings(checked.findings, color=colored(), files=files, documents=documents))


def counts(checked: Checked) -> tuple[int, int]:
    """Return how many files and documents were read, the configuration among them."""
    repository = checked.repository
    return (repository.files + 1, len(repository.documents) + 1) if repository else (1, 0)


def plan(made: Plan, output_format: str) -> None:
    """Print a plan."""
    if output_format == "markdown":
        from reconciler.render import markdown  # noqa: PLC0415  only here

        out(markdown.plan(made, link=edge.link(made.source.commit)))
        return
    out(machine.plan(made) if output_format == "json" else text.plan(made, color=colored(), width=width()))


def receipt(written: Receipt, output_format: str) -> None:
    """Print a receipt."""
    out(machine.receipt(written) if output_format == "json" else text.receipt(written, color=colored()))


def access(report: AccessReport, output_format: str) -> None:
    """Print who reaches what."""
    from reconciler.render import markdown, table_csv  # noqa: PLC0415  only here

    if output_format == "json":
        out(machine.access(report))
    elif output_format == "csv":
        out(table_csv.access(report))
    elif output_format == "markdown":
        out(markdown.access(report))
    else:
        out(text.access(report, color=colored(), width=width()))

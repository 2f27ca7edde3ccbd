"""Show a saved plan or receipt."""

from collections.abc import Callable
from typing import Final, TypeVar

import click

from reconciler.cli.actions import output
from reconciler.cli.storage.result_files import format_of, naming, read_file
from reconciler.errors import InputError
from reconciler.model.journal import read_journal
from reconciler.model.plan import read_plan
from reconciler.model.receipt import read_receipt

_RECEIPT_FORMATS: Final = ("text", "json", "markdown")
Result = TypeVar("Result")
# The first is the default.
_PARTS_FORMATS: Final = ("text", "markdown")
_HINT: Final = (
    "`reconciler plan --out FILE` saves a plan; `reconciler apply` writes receipts to .reconciler/receipts"
)
_PLAN: Final = "reconciler-plan/"
_RECEIPT: Final = "reconciler-receipt/"
_JOURNAL: Final = "reconciler-journal/"


def show_file(file: str, output_format: str, people: str, parts: str | None) -> None:
    """Print a plan, a receipt or a journal, or write the parts of a plan. Raises InputError."""
    content = read_file(file)
    named = format_of(content)
    if not named.startswith((_PLAN, _RECEIPT, _JOURNAL)):
        found = f": its format is {named!r}" if named else ""
        raise InputError(f"{file} is neither a plan nor a receipt{found}", _HINT)
    is_plan = named.startswith(_PLAN)
    if output_format not in _RECEIPT_FORMATS and not is_plan:
        formats = ", ".join(_RECEIPT_FORMATS)
        raise click.UsageError(f"Only plans can be shown as {output_format}; receipts as {formats}.")
    if parts is not None and output_format not in _PARTS_FORMATS:
        raise click.UsageError("--parts writes Markdown: leave out --format.")
    if parts is not None and not is_plan:
        raise click.UsageError("--parts needs a plan.")
    if is_plan:
        made = _read(file, content, read_plan)
        if parts is not None:
            output.parts(made, parts, people)
        else:
            output.plan(made, output_format, people=people)
    else:
        reader = read_receipt if named.startswith(_RECEIPT) else read_journal
        output.receipt(_read(file, content, reader), output_format, whole=True)


def _read(file: str, content: bytes, reader: Callable[[bytes], Result]) -> Result:
    with naming(file):
        return reader(content)

"""Change partner files as the accounts of a CRM say, and report what could not be mapped."""

import os
from pathlib import Path
from typing import Final

import click

from reconciler.cli import console
from reconciler.cli.actions.edits.csv_files import read_input, shown_name
from reconciler.cli.actions.edits.edit_files import (
    EditOptions,
    finding_line,
    print_difference,
    require_readable,
    shown_path,
    write_files,
)
from reconciler.cli.actions.trust import Trust
from reconciler.cli.progress import ProgressDisplay
from reconciler.cli.runtime import run_async
from reconciler.cli.storage import checkout, text_files
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError
from reconciler.model.accounts import Accounts
from reconciler.model.crm_settings import CrmSource, CsvSource, FileSource, JsonlSource
from reconciler.model.document import Document
from reconciler.model.finding import Severity
from reconciler.model.printable import printable
from reconciler.model.sync_report import SyncReport
from reconciler.render import json_format, markdown, text
from reconciler.sources.csv_file import read_csv
from reconciler.sources.jsonl_file import read_jsonl
from reconciler.workflow.folders import folder_for
from reconciler.workflow.sources import choose_source, open_source
from reconciler.workflow.sync.comparison import SyncOptions
from reconciler.workflow.sync.run import Synced, default_annotation, sync
from reconciler.workflow.sync.settings import require_usable
from reconciler.workflow.validate import check, require_configuration, settings

MAX_BYTES: Final = 500_000_000
_CHANGED: Final = 2
_NOT_PULLED: Final = "people-not-pulled"


class SyncCommand(EditOptions, frozen=True, kw_only=True):
    """The options of `reconciler sync`; `file` replaces the one in the settings."""

    source: str
    file: str | None
    link: bool
    detailed_exitcode: bool
    output_format: str


def sync_accounts(command: SyncCommand) -> int:
    """Write the files that accounts change, print the report, and return the exit code.

    Raises click.UsageError, InputError, PolicyError, PortalError; then nothing is written.
    """
    path = find_configuration(command.config)
    root = path.parent
    checked = check(path, command.today())
    document = require_configuration(checked).configuration
    source = choose_source(document, command.source, CrmSource)
    require_usable(document, command.source, source, settings(document).spec)
    require_readable(checked.findings, "be those of partners in the CRM")
    folder = folder_for("Partner", root, document)
    options = SyncOptions(
        name=command.source,
        source=source,
        annotation=source.annotation or default_annotation(command.source),
        today=checked.today,
        folder=folder,
        link=command.link,
        is_taken=lambda name: os.path.lexists(root / folder / f"{name}.yaml"),
    )
    found = _accounts(command, path, document, source)
    result = sync(checked, root, lambda file: text_files.read(root / file), found, options)
    _write(command, root, result)
    _print(result.report, command.output_format)
    if any(each.rule == _NOT_PULLED for each in result.edited.preview.findings):
        console.log("Then run `reconciler people pull`.")
    return _exit_code(result.report, is_detailed=command.detailed_exitcode)


def _accounts(command: SyncCommand, path: Path, document: Document, source: CrmSource) -> Accounts:
    """Return the accounts of a file, or of a CRM that is asked over a network."""
    if not isinstance(source, CsvSource | JsonlSource):
        if command.file is not None:
            raise click.UsageError(f'--file needs a source that is a file; "{command.source}" is not one.')
        return run_async(_asked(path, document, command.source, source))
    given = command.file or _file_in_repository(path, document, command.source, source)
    content = read_input(given, MAX_BYTES)
    name = shown_name(given)
    if isinstance(source, CsvSource):
        return read_csv(name, content, source)
    return read_jsonl(name, content, source)


def _file_in_repository(path: Path, document: Document, name: str, source: FileSource) -> str:
    """Return the path of the file in the settings. Raises InputError if it leads out of the repository."""
    place = document.where("spec", "sources", name, "file")
    if source.file is None:
        raise InputError(f'source "{name}" names no file', "give one with --file, or - for stdin")
    clean = os.path.normpath(source.file)
    if clean.startswith(("/", "..")) or "\0" in clean:
        message = f"{place}: the file {printable(source.file)} is outside the repository"
        raise InputError(message, "use a file inside of it, or give it with --file")
    found = path.parent / clean
    checkout.require_no_link(found, checkout.top_level(path.parent))
    if not found.exists():
        message = f"{place}: the file {printable(source.file)} does not exist"
        raise InputError(message, "export it from the CRM, or give another one with --file")
    return shown_path(found)


async def _asked(path: Path, document: Document, name: str, source: CrmSource) -> Accounts:
    progress = ProgressDisplay()
    async with open_source(document, name, source, Trust(path)) as crm:
        try:
            found: Accounts = await crm.read(progress)
        finally:
            progress.clear()
    return found


def _write(command: SyncCommand, root: Path, result: Synced) -> None:
    """Write the files, or print the difference with --dry-run, and log the warnings about the result."""
    files = result.edited.files
    is_text = command.output_format == "text"
    if command.dry_run:
        print_difference(root, files, to_stderr=not is_text)
    elif files:
        write_files(root, files, prints_paths=is_text)
    for finding in result.edited.preview.findings:
        if finding.severity is Severity.WARNING and finding.rule != _NOT_PULLED:
            console.log(f"Warning: {finding_line(finding)}")


def _print(report: SyncReport, output_format: str) -> None:
    if output_format == "json":
        console.print_document(json_format.sync(report))
    elif output_format == "markdown":
        console.print_document(markdown.sync(report))
    else:
        console.log_lines(text.sync(report), end="")


def _exit_code(report: SyncReport, *, is_detailed: bool) -> int:
    if report.not_mapped:
        return InputError.exit_code
    return _CHANGED if is_detailed and (report.created or report.changed) else 0

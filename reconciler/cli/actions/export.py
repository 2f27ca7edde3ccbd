"""Write what a portal holds as files, all of them or none."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from reconciler.cli import console
from reconciler.cli.actions import plan_steps
from reconciler.cli.actions.edits.edit_files import finding_line, print_difference, shown_path
from reconciler.cli.actions.trust import Trust
from reconciler.cli.progress import ProgressDisplay
from reconciler.cli.runtime import run_async, today
from reconciler.cli.storage import checkout, text_files
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.cli.storage.file_set import FileWrite, write_all
from reconciler.errors import InputError
from reconciler.model.counting import counted
from reconciler.model.finding import Severity
from reconciler.model.resource import Live
from reconciler.model.rule import denials, file_errors
from reconciler.workflow.export import ExportedFiles, ExportOptions, export_portal
from reconciler.workflow.portal_scope import in_portal
from reconciler.workflow.preview import ProposedFile
from reconciler.workflow.sessions import choose_portal, open_portal
from reconciler.workflow.validate import ValidationResult, check, exit_code

_NOUNS: Final = {
    "Partner": ("partner", "partners"),
    "AccessGroup": ("access group", "access groups"),
    "ApiProduct": ("API product", "API products"),
}


class ExportCommand(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `reconciler export`; `is_step` says that another command goes on after it.

    `live` is what the portal holds, if it was just read.
    """

    config: str | None
    portal_name: str | None
    day: str | None
    partners: frozenset[str]
    groups: frozenset[str]
    owner: str | None
    include_members: bool
    into: str | None
    dry_run: bool
    is_step: bool = False
    live: Live | None = None


def export_files(command: ExportCommand) -> int:
    """Export a portal, and return the exit code. Raises InputError, PortalError; then nothing is written."""
    path = find_configuration(command.config)
    checked = check(path, today(command.day))
    document = plan_steps.configuration(checked)
    portal, _ = choose_portal(document, command.portal_name)
    found = run_async(_read(command, path, in_portal(checked, portal), portal))
    for note in found.notes:
        console.log(f"Note: {note}.")
    target = Path(command.into) if command.into is not None else path.parent
    return _finish(command, target, found)


async def _read(
    command: ExportCommand, path: Path, checked: ValidationResult, portal_name: str
) -> ExportedFiles:
    document = plan_steps.configuration(checked)
    options = ExportOptions(
        portal=portal_name,
        partners=command.partners,
        groups=command.groups,
        owner=command.owner,
        include_members=command.include_members,
        elsewhere=command.into is not None,
    )
    progress = ProgressDisplay()
    async with open_portal(path, document, portal_name, Trust(path), checked.repository) as portal:
        try:
            return await export_portal(checked, path.parent, portal, options, progress, command.live)
        finally:
            progress.clear()


def _finish(command: ExportCommand, target: Path, found: ExportedFiles) -> int:
    """Write the files, or show their differences."""
    existing = {each.path: _existing(target / each.path) for each in found.files}
    files = [
        msgspec.structs.replace(each, before=existing[each.path])
        for each in found.files
        if existing[each.path] != each.after
    ]
    differing = [each for each in files if each.before is not None]
    if differing or (command.dry_run and files):
        print_difference(target, differing or files)
    if differing:
        names = ", ".join(shown_path(target / each.path) for each in differing)
        raise InputError(
            f"no file was written, because there are others already: {names}",
            "take over what you need from the difference, or write to another folder with --into",
        )
    _require_valid(found)
    if command.dry_run and not files:
        console.log("The files define everything already.")
    if not command.dry_run:
        _write(target, files, found.empty_folders)
        _log_summary(found, files)
        if files and not command.is_step:
            console.log("Next: `reconciler validate`, then `reconciler adopt --all-desired`.")
    return exit_code(found.preview.findings)


def _existing(path: Path) -> str | None:
    """Return the text of a file, or None if there is none."""
    return text_files.read(path) if os.path.lexists(path) else None


def _require_valid(found: ExportedFiles) -> None:
    """Raise InputError for errors of the files; print what rules deny."""
    wrong = file_errors(found.preview.findings)
    if wrong:
        raise InputError("\n".join(["no file was written:", *map(finding_line, wrong)]))
    for each in denials(found.preview.findings):
        console.log(f"Error: {finding_line(each)}")


def _write(target: Path, files: Sequence[ProposedFile], empty_folders: Sequence[str]) -> None:
    contents = [FileWrite(target / each.path, None, (each.after or "").encode()) for each in files]
    # Git keeps no folder without files, and a path of the configuration has to exist.
    contents += [FileWrite(target / folder / ".gitkeep", None, b"") for folder in empty_folders]
    write_all(contents, checkout.top_level(target))
    for file in files:
        console.print_result(shown_path(target / file.path))


def _log_summary(found: ExportedFiles, files: Sequence[ProposedFile]) -> None:
    if not files:
        console.log("The files define everything already; nothing was written.")
        return
    counts = [counted(found.counts[kind], *nouns) for kind, nouns in _NOUNS.items() if found.counts.get(kind)]
    todo = sum((each.after or "").count("TODO: ") for each in files)
    console.log(f"Exported {', '.join(counts) or 'the catalog'}.")
    warnings = sum(each.severity is Severity.WARNING for each in found.preview.findings)
    if warnings:
        console.log(f"{counted(warnings, 'warning')}: see `reconciler validate`.")
    if todo:
        console.log(f"{counted(todo, 'comment')} with TODO {'says' if todo == 1 else 'say'} what to check.")

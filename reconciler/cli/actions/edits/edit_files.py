"""Edit files: show the difference, and write all of them or none, only after the result was checked.

Every command that changes files of the repository goes through `edit_files`. It describes its change as
`Edits` (operations on documents, new files, documents to remove); comments and style are kept by the
operations, and nothing is written that does not validate. Findings that exist already do not block.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import msgspec

from reconciler.cli import console, runtime
from reconciler.cli.actions import codeowners
from reconciler.cli.storage import checkout, text_files
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.cli.storage.file_set import FileWrite, write_all
from reconciler.errors import InputError, PolicyError
from reconciler.model.counting import counted
from reconciler.model.document import Document, KindName, Repository
from reconciler.model.finding import Finding, Severity, Source
from reconciler.model.printable import printable
from reconciler.policy.enumeration import named
from reconciler.render.text.file_difference import file_difference
from reconciler.render.text.style import listed
from reconciler.workflow.edit import Edits, edited
from reconciler.workflow.preview import Preview, ProposedFile, is_in_file
from reconciler.workflow.validate import ValidationResult, check, exit_code, require_configuration

NOUNS: Final[dict[KindName, str]] = {
    "Partner": "partner",
    "AccessGroup": "access group",
    "ApiProduct": "API product",
}


# Errors of files whose content is not known.
_UNREADABLE: Final = frozenset({"yaml", "schema", "misplaced-kind"})


class EditOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of every command that edits files."""

    config: str | None
    day: str | None
    dry_run: bool

    @classmethod
    def taken(cls, given: dict[str, Any]) -> "EditOptions":
        """Take these options out of all that a command was given."""
        return cls(**{name: given.pop(name) for name in cls.__struct_fields__})

    def today(self) -> str:
        """Return the day to compute for."""
        return runtime.today(self.day)


class Files(msgspec.Struct, frozen=True):
    """What a command edits: the configuration's folder, all documents, and the findings about them."""

    root: Path
    repository: Repository
    checked: ValidationResult

    def document(self, kind: KindName, name: str) -> Document:
        """Return the document with this kind and name. Raises InputError where there is no valid one."""
        named = {each.name: each for each in self.repository.documents if each.kind == kind and each.name}
        if name not in named:
            raise self._unknown(kind, name, [each for each in named if each])
        if named[name].body is None:
            raise InputError(f"{named[name].file} has errors", "run `reconciler validate` to see them")
        return named[name]

    def _unknown(self, kind: KindName, name: str, names: Sequence[str]) -> InputError:
        noun = NOUNS.get(kind, kind)
        unread = [
            each for each in self.checked.findings if each.severity is Severity.ERROR and each.rule == "yaml"
        ]
        if unread:
            message = f'{noun} "{name}" is not in any file that could be read'
            return InputError("\n".join([f"{message}:", *map(finding_line, unread)]), "fix these files first")
        near = get_close_matches(name, names, n=1)
        create = "create it with `reconciler new partner`" if kind == "Partner" else ""
        hint = f'did you mean "{near[0]}"?' if near else create
        return InputError(f'{noun} "{name}" is not defined in any file', hint)


def edit_files(options: EditOptions, edits: Callable[[Files], Edits]) -> int:
    """Edit files as a command describes it, and print the path of each one that changes.

    The difference is printed to stderr; with --dry-run it is printed to stdout, and nothing is written.
    Raises InputError, PolicyError; then nothing is written either.
    """
    path = find_configuration(options.config)
    checked = check(path, options.today())
    root = path.parent
    wanted = edits(Files(root, require_configuration(checked), checked))
    result = wanted.result or edited(checked, root, wanted, lambda file: text_files.read(root / file))
    if not result.files:
        _log_up_to_date(wanted.unchanged, [shown_path(root / each.file) for each in wanted.documents])
        return 0
    if options.dry_run:
        print_difference(root, result.files)
    _require_allowed(root, result.files, result.preview)
    if not options.dry_run:
        write_files(root, result.files)
    for finding in result.preview.findings:
        if finding.severity is Severity.WARNING:
            console.log(f"Warning: {finding_line(finding)}")
    for note in (*wanted.notes, *_codeowners_notes(root, result.files)):
        console.log(f"Note: {note}")
    return 0


def require_readable(findings: Iterable[Finding], could: str) -> None:
    """Raise InputError for files that have errors, because they could `could`."""
    wrong = [each for each in findings if each.severity is Severity.ERROR and each.rule in _UNREADABLE]
    files = sorted({each.file for each in wrong if each.file})
    if files:
        number = counted(len(files), "file has", "files have")
        message = f"{number} errors, and could {could}: {named(files)}"
        raise InputError(message, "run `reconciler validate`, and fix them first; nothing was written")


def _codeowners_notes(root: Path, files: Sequence[ProposedFile]) -> list[str]:
    """Return what to do about files whose former path is in CODEOWNERS."""
    gone = [each.old_path or each.path for each in files if each.old_path or each.after is None]
    places = codeowners.naming(root, gone) if gone else []
    return [f"{each} has a line for {listed(gone)}: run `reconciler codeowners`." for each in places]


def shown_path(path: Path) -> str:
    """Return a path relative to the current folder, if it is below it."""
    here, whole = Path.cwd().resolve(), path.resolve()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)


def finding_line(finding: Finding) -> str:
    """Return a finding on one line, with its place if that is in a file."""
    place = f"{Source(finding.file or '', finding.line, finding.column)}: " if is_in_file(finding) else ""
    return printable(f"{place}{finding.message}{f'; {finding.hint}' if finding.hint else ''}")


def print_difference(root: Path, files: Sequence[ProposedFile], *, to_stderr: bool = False) -> None:
    """Print how files change, on stdout or stderr."""
    stream = sys.stderr if to_stderr else sys.stdout
    color = console.colored(stream)
    text = "".join(
        file_difference(
            shown_path(root / each.path),
            each.before,
            each.after,
            color=color,
            old_path=shown_path(root / each.old_path) if each.old_path else "",
        )
        for each in files
    )
    (console.log_rendered if to_stderr else console.print_result)(text)


def write_files(root: Path, files: Sequence[ProposedFile], *, prints_paths: bool = True) -> None:
    """Print the difference, write all files or none, and print their paths. Raises InputError."""
    print_difference(root, files, to_stderr=True)
    writes = [write for each in files for write in _writes(root, each)]
    write_all(writes, checkout.top_level(root))
    for write in writes if prints_paths else ():
        console.print_result(shown_path(write.path))


def _writes(root: Path, file: ProposedFile) -> list[FileWrite]:
    path, before, after = root / file.path, _encoded(file.before), _encoded(file.after)
    if file.old_path:
        return [FileWrite(root / file.old_path, before, None), FileWrite(path, None, after)]
    return [FileWrite(path, before, after)]


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def _log_up_to_date(message: str, paths: Sequence[str]) -> None:
    if message:
        console.log(message)
        return
    for path in sorted(set(paths)) or ["everything"]:
        console.log(f"{printable(path)} is already up to date; nothing was written.")


def _require_allowed(root: Path, files: Sequence[ProposedFile], preview: Preview) -> None:
    wrong = [finding for finding in preview.findings if finding.severity is Severity.ERROR]
    if wrong:
        one = f"{printable(shown_path(root / (files[0].old_path or files[0].path)))} was not changed"
        message = "\n".join(
            [f"{one if len(files) == 1 else 'no file was changed'}:", *map(finding_line, wrong)]
        )
        denied = exit_code(wrong) == PolicyError.exit_code
        raise PolicyError(message) if denied else InputError(message)

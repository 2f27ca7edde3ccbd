"""Edit a partner's file: only the necessary lines change, and only after the result was checked."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

import click

from reconciler import edit
from reconciler.cli import console, runtime
from reconciler.cli.storage import checkout, text_files
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError, PolicyError
from reconciler.model.document import Document, Partner, Repository
from reconciler.model.finding import Finding, Severity, Source
from reconciler.model.printable import printable
from reconciler.workflow.edit import edit_document
from reconciler.workflow.preview import Preview, is_in_file
from reconciler.workflow.validate import ValidationResult, check, exit_code

# Returns the operations that edit a partner's document, given all documents.
Operations = Callable[[Document, Repository], list[edit.Operation]]


def edit_partner(config: str | None, day: str | None, partner: str, edits: Operations) -> int:
    """Edit a partner's file and print its path. Raises InputError, PolicyError; then nothing is written."""
    path = find_configuration(config)
    checked = check(path, runtime.today(day))
    if checked.repository is None:
        raise InputError("the configuration could not be read", "run `reconciler validate` to see why")
    document = _document(checked, checked.repository, partner)
    operations = edits(document, checked.repository)
    if not operations:
        console.log(f"{printable(document.file)} is already up to date; nothing was written.")
        return 0
    file = path.parent / document.file
    edited = edit_document(checked, path.parent, document, text_files.read(file), operations)
    _require_allowed(document.file, edited.preview)
    text_files.write(file, edited.text, checkout.top_level(path.parent))
    for finding in edited.preview.findings:
        if finding.severity is Severity.WARNING:
            console.log(f"Warning: {_line(finding)}")
    console.print_result(document.file)
    return 0


def warn_if_inactive(document: Document) -> None:
    """Print a warning where a partner is not active, so that its file gives no access."""
    if isinstance(document.body, Partner) and document.body.spec.status != "active":
        where = printable(str(document.where("spec", "status")))
        console.log(
            f'Warning: {where}: partner "{document.name}" is {document.body.spec.status}: '
            "its groups give no access until it is active"
        )


def split_team(name: str) -> tuple[str, str]:
    """Return partner and team of PARTNER/TEAM; the team is empty where none is named."""
    partner, _, team = name.partition("/")
    return partner, team


def last_day(until: str | None, today: str | None, *, past: bool) -> str:
    """Return the given day, or an empty text. Raises InputError where it is not a date, or has passed."""
    if until is None:
        return ""
    problem = edit.problem("until", until)
    if problem is not None:
        raise InputError(f"--until: {problem.message}", problem.hint)
    early = edit.too_early(until, "" if past else runtime.today(today))
    if early is not None:
        raise InputError(f"--until: {early.message}", f"{early.hint}, or add --past")
    return until


def removed_keys(options: Mapping[str, tuple[str | None, bool]]) -> tuple[str, ...]:
    """Return the keys to remove: those with --no-KEY. `options` has each key's value, and that flag.

    Raises click.UsageError for a key with both.
    """
    for key, (value, is_removed) in options.items():
        if value is not None and is_removed:
            raise click.UsageError(f"--{key} and --no-{key} exclude each other.")
    return tuple(key for key, (_, is_removed) in options.items() if is_removed)


def _document(checked: ValidationResult, repository: Repository, partner: str) -> Document:
    """Return the document of a partner. Raises InputError."""
    partners = {each.name: each for each in repository.documents if each.kind == "Partner" and each.name}
    if partner not in partners:
        errors = [each for each in checked.findings if each.severity is Severity.ERROR]
        unread = [each for each in errors if each.rule == "yaml"]
        if unread:
            message = f'partner "{partner}" is not in any file that could be read'
            raise InputError("\n".join([f"{message}:", *map(_line, unread)]), "fix these files first")
        near = get_close_matches(partner, partners, n=1)
        raise InputError(
            f'partner "{partner}" is not defined in any file',
            f'did you mean "{near[0]}"?' if near else "create it with `reconciler new partner`",
        )
    document = partners[partner]
    if not isinstance(document.body, Partner):
        raise InputError(f"{document.file} has errors", "run `reconciler validate` to see them")
    return document


def _require_allowed(file: str, preview: Preview) -> None:
    wrong = [finding for finding in preview.findings if finding.severity is Severity.ERROR]
    if wrong:
        message = "\n".join([f"{printable(file)} was not changed:", *map(_line, wrong)])
        denied = exit_code(wrong) == PolicyError.exit_code
        raise PolicyError(message) if denied else InputError(message)


def _line(finding: Finding) -> str:
    place = f"{Source(finding.file or '', finding.line, finding.column)}: " if is_in_file(finding) else ""
    return printable(f"{place}{finding.message}{f'; {finding.hint}' if finding.hint else ''}")

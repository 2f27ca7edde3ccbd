"""Changing a partner's file: only what has to change does, and only after it was checked."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

import click

from reconciler import edit, workflow
from reconciler.cli import console, runtime
from reconciler.cli.storage import checkout, text_files
from reconciler.errors import InputError, PolicyError
from reconciler.model.document import AccessGroup, Document, Partner, Repository
from reconciler.model.finding import Finding, Severity
from reconciler.model.printable import printable
from reconciler.workflow.edit import edit_document
from reconciler.workflow.preview import Preview

# From a partner's document, among all others, to what changes it.
Changes = Callable[[Document, Repository], list[edit.Operation]]


def change(config: str | None, day: str | None, partner: str, changes: Changes) -> int:
    """Change a partner's file and print its path. Raises InputError, PolicyError; then nothing is written."""
    path = runtime.configuration(config)
    checked = workflow.check(path, runtime.today(day))
    if checked.repository is None:
        raise InputError("the configuration could not be read", "`reconciler validate` shows why")
    document = _document(checked.repository, partner)
    operations = changes(document, checked.repository)
    if not operations:
        console.say(f"{printable(document.file)} says so already; nothing was written.")
        return 0
    file = path.parent / document.file
    edited = edit_document(checked, path.parent, document, text_files.read(file), operations)
    _require_allowed(document.file, edited.drafted)
    text_files.write(file, edited.text, checkout.top_level(path.parent))
    for finding in edited.drafted.findings:
        if finding.severity is Severity.WARNING:
            console.say(f"Warning: {_line(finding)}")
    console.out(document.file)
    return 0


def tell_status(document: Document) -> None:
    """Say it where a partner is not active: what its file takes up gives nothing then."""
    if isinstance(document.body, Partner) and document.body.spec.status != "active":
        where = printable(str(document.where("spec", "status")))
        console.say(
            f'Warning: {where}: partner "{document.name}" is {document.body.spec.status}: '
            "what it takes up gives no access while it is"
        )


def granted_at(repository: Repository, holder: str, group: str) -> str:
    """Return where the owner of a group grants it to PARTNER or PARTNER/TEAM; nothing where they do not."""
    partner, _ = parted(holder)
    for document in repository.documents:
        if isinstance(document.body, AccessGroup) and document.name == group:
            for number, grant in enumerate(document.body.spec.grants):
                if grant.partner == partner or grant.team == holder:
                    return str(document.where("spec", "grants", number))
    return ""


def parted(name: str) -> tuple[str, str]:
    """Return partner and team of PARTNER/TEAM, the team empty where none is named."""
    partner, _, team = name.partition("/")
    return partner, team


def last_day(until: str | None, today: str | None, *, past: bool) -> str:
    """Return the day that was given, or nothing. Raises InputError where no date is, or it has passed."""
    if until is None:
        return ""
    problem = edit.problem("until", until)
    if problem is not None:
        raise InputError(f"--until: {problem.message}", problem.hint)
    early = edit.too_early(until, "" if past else runtime.today(today))
    if early is not None:
        raise InputError(f"--until: {early.message}", f"{early.hint}, or add --past")
    return until


def removed(options: Mapping[str, tuple[str | None, bool]]) -> tuple[str, ...]:
    """Return the keys to remove, of which each has its value and whether --no-KEY was given.

    Raises click.UsageError where both were.
    """
    for key, (value, is_removed) in options.items():
        if value is not None and is_removed:
            raise click.UsageError(f"--{key} and --no-{key} exclude each other.")
    return tuple(key for key, (_, is_removed) in options.items() if is_removed)


def _document(repository: Repository, partner: str) -> Document:
    """Return the document of a partner. Raises InputError."""
    partners = {each.name: each for each in repository.documents if each.kind == "Partner" and each.name}
    if partner not in partners:
        near = get_close_matches(partner, partners, n=1)
        raise InputError(
            f'there is no partner "{partner}"',
            f'did you mean "{near[0]}"?' if near else "`reconciler new partner` writes one",
        )
    document = partners[partner]
    if not isinstance(document.body, Partner):
        raise InputError(f"{document.file} has errors", "`reconciler validate` shows them")
    return document


def _require_allowed(file: str, drafted: Preview) -> None:
    wrong = [finding for finding in drafted.findings if finding.severity is Severity.ERROR]
    if wrong:
        said = "\n".join([f"{file} was not changed:", *map(_line, wrong)])
        denied = workflow.exit_code(wrong) == PolicyError.exit_code
        raise PolicyError(said) if denied else InputError(said)


def _line(finding: Finding) -> str:
    return printable(f"{finding.message}{f'; {finding.hint}' if finding.hint else ''}")

"""Check: files are read and judged; no network, no secrets."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from reconciler.errors import InputError, PolicyError
from reconciler.model.base import Base
from reconciler.model.document import Configuration, Document, Repository
from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.plan import FileChange
from reconciler.model.rule import denials, file_errors
from reconciler.workflow.catalog import as_offered, catalogued
from reconciler.workflow.config import configuration_in
from reconciler.workflow.known_findings import in_base, judged_as
from reconciler.workflow.merge_base import file_changes, governed_by


class ValidationResult(msgspec.Struct, frozen=True):
    """The files, read and judged; `repository` is None where there is no readable configuration.

    `base` is what they are compared with, if they are; `file_changes` what they change that no portal holds.
    """

    repository: Repository | None
    findings: tuple[Finding, ...]
    today: str
    base: Base | None = None
    file_changes: tuple[FileChange, ...] = ()


def check(configuration: Path, today: str, base: Base | None = None) -> ValidationResult:
    """Read and judge the files that a configuration names; no network, no secrets.

    With a base the configuration counts as the base has it, but for what only says where files stand.
    """
    from reconciler.load import load, load_configuration  # noqa: PLC0415  start-up counts
    from reconciler.policy import RuleContext, judge  # noqa: PLC0415
    from reconciler.schema import schemas  # noqa: PLC0415

    with quiet_collector():
        known = schemas()
        document, findings = load_configuration(configuration, known)
        if document is None or document.body is None:
            return ValidationResult(None, tuple(in_order(findings)), today, base)
        governed = document if base is None else governed_by(document, base)
        repository, found = load(governed, configuration.parent, known)
        findings += found
        changed = () if base is None else file_changes(repository, document, base)
        if base is not None and base.repository is not None:
            # A branch does not say itself whose an API is while it is judged.
            repository = as_offered(repository, catalogued(base.repository))
        findings += judge(RuleContext(repository, today))
        if findings and base is not None and base.repository is not None:
            before = RuleContext(judged_as(base.repository, repository.configuration), today)
            findings = in_base(findings, judge(before))
        findings += _new_label(document, governed)
    return ValidationResult(repository, tuple(in_order(findings)), today, base, changed)


def check_for_portal(checked: ValidationResult, name: str) -> ValidationResult:
    """Return the files as judged for one portal: whether portals of its type can hold what they ask for.

    Nothing is asked of the portal. Raises InputError for one that the configuration does not have.
    """
    from reconciler.desired import build_desired_state  # noqa: PLC0415  start-up counts
    from reconciler.workflow.projection import projected  # noqa: PLC0415
    from reconciler.workflow.sessions import checked_settings, choose_portal  # noqa: PLC0415  it needs this module

    repository = checked.repository
    if repository is None or file_errors(checked.findings):
        return checked
    configuration = repository.configuration
    name, where = choose_portal(configuration, name)
    kind, where = checked_settings(configuration, name, where)
    capabilities = kind.capabilities(where)

    projection = projected(build_desired_state(repository, checked.today), configuration, name, capabilities)
    found = list(projection.findings)
    if found and checked.base is not None and checked.base.repository is not None:
        base = build_desired_state(checked.base.repository, checked.today)
        before = projected(base, configuration, name, capabilities)
        found = in_base(found, before.findings)
    findings = in_order([*checked.findings, *found, *projection.notes])
    return msgspec.structs.replace(checked, findings=tuple(findings))


def _new_label(document: Document, governed: Document) -> Iterator[Finding]:
    """Yield a warning where a branch gives the configuration another name than the base's, which counts."""
    old, new = str(governed.name), str(document.name)
    if old != new:
        message = (
            f'metadata.name changes from "{old}" to "{new}": from the merge on, everything labelled'
            f' "{old}" in the portal is unmanaged, and plans are denied'
        )
        hint = f"run `reconciler adopt --from {old}` right after the merge, for each portal"
        source = document.where("metadata", "name")
        yield Finding.at(source, "owner-label-changes", message, hint, severity=Severity.WARNING)


def read_configuration(path: Path) -> Document:
    """Read a configuration alone. Raises InputError that holds all that is wrong with it."""
    document, wrong = configuration_in(path)
    if document is None:
        said = "\n".join(f"{found.file}:{found.line}:{found.column}: {found.message}" for found in wrong)
        raise InputError(said or f"{path} is no configuration", wrong[0].hint if wrong else "")
    return document


def settings(document: Document) -> Configuration:
    """Return the configuration that a document holds; it was read without errors."""
    if not isinstance(document.body, Configuration):
        raise InputError(f"{document.file} is no configuration")
    return document.body


def require_readable(checked: ValidationResult) -> Repository:
    """Return the repository. Raises InputError when the files have errors."""
    if checked.repository is None or file_errors(checked.findings):
        raise InputError("the files have errors", "`reconciler validate` shows them")
    return checked.repository


def exit_code(findings: Iterable[Finding]) -> int:
    """Return the exit code that findings alone lead to: 1 for errors of the files, 3 for denials, else 0."""
    findings = list(findings)
    if file_errors(findings):
        return InputError.exit_code
    return PolicyError.exit_code if denials(findings) else 0

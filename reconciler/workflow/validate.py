"""Read and judge the files; uses no network and no secrets."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from reconciler.errors import InputError, PolicyError
from reconciler.load import Folder, KnownFiles, Tree, load_configuration_from, load_from
from reconciler.model.branch_base import Base
from reconciler.model.document import Configuration, Document, Repository
from reconciler.model.finding import Finding, Severity, Source, in_order
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.plan import FileChange
from reconciler.model.rule import denials, file_errors
from reconciler.policy import RuleContext, judge
from reconciler.schema import schemas
from reconciler.workflow.catalog import as_offered, catalogued
from reconciler.workflow.config import configuration_in
from reconciler.workflow.known_findings import excusable_rules, in_base, judged_as
from reconciler.workflow.merge_base import BaseFiles, file_changes, governed_base, governed_by, read_base
from reconciler.workflow.settings_check import unusable_settings


class ValidationResult(msgspec.Struct, frozen=True):
    """The files and the findings about them; `repository` is None where the configuration cannot be read.

    With a `base` to compare with, `file_changes` is what they change that no portal has. Documents of a file
    that branch and base have alike are the same objects in both repositories, which `is` can compare.
    """

    repository: Repository | None
    findings: tuple[Finding, ...]
    today: str
    base: Base | None = None
    file_changes: tuple[FileChange, ...] = ()


def check(configuration: Path, today: str, base: BaseFiles | None = None) -> ValidationResult:
    """Read and judge the files that a configuration names; uses no network and no secrets.

    With a base, its configuration governs, except for the paths of files. Raises InputError where the base
    has none.
    """
    return check_files(Folder(configuration.parent), configuration.name, today, base)


def check_files(tree: Tree, name: str, today: str, files: BaseFiles | None = None) -> ValidationResult:
    """Read and judge the files of a tree, in which `name` is the configuration, as `check` does."""
    with quiet_collector():
        base = None if files is None else governed_base(files)
        document, findings = load_configuration_from(tree, name, schemas())
        if document is None or document.body is None:
            return ValidationResult(None, tuple(in_order(findings)), today, base)
        governed = document if base is None else governed_by(document, base)
        known = KnownFiles()
        repository, found = load_from(tree, governed, schemas(), known)
        findings += found
        base = None if base is None or files is None else read_base(base, files, known)
        if governed is not document:
            repository = msgspec.structs.replace(repository, branch_configuration=document)
        changed = () if base is None else file_changes(repository, document, base)
        if base is not None and base.repository is not None:
            # A branch must not decide by itself who owns an API.
            repository = as_offered(repository, catalogued(base.repository))
        context = RuleContext(repository, today)
        findings += judge(context)
        excusable = excusable_rules(findings)
        if excusable and base is not None and base.repository is not None:
            before = RuleContext(judged_as(base.repository, repository), today, views=context.views)
            findings = in_base(findings, judge(before, only=excusable))
        findings += [*_new_label(document, governed), *unusable_settings(governed)]
    return ValidationResult(repository, tuple(in_order(findings)), today, base, changed)


def _new_label(document: Document, governed: Document) -> Iterator[Finding]:
    """Yield a warning where a branch renames the configuration; the name in the base counts."""
    old, new = str(governed.name), str(document.name)
    if old != new:
        message = (
            f'metadata.name changes from "{old}" to "{new}": after the merge, everything labelled'
            f' "{old}" in the portal is unmanaged, and plans are denied'
        )
        hint = f"run `reconciler adopt --from {old}` right after the merge, for each portal"
        source = document.where("metadata", "name")
        yield Finding.at(source, "owner-label-changes", message, hint, severity=Severity.WARNING)


def read_configuration(path: Path) -> Document:
    """Read a configuration. Raises InputError that lists everything that is wrong with it."""
    return read_configuration_from(Folder(path.parent), path.name)


def read_configuration_from(tree: Tree, name: str) -> Document:
    """Read a configuration in a tree. Raises InputError that lists everything that is wrong with it."""
    document, wrong = configuration_in(tree, name)
    if document is None:
        raise _errors(wrong) if wrong else InputError(f"{name} is not a configuration")
    return document


def _errors(wrong: Sequence[Finding]) -> InputError:
    """Return one error of several findings, each with its hint."""
    if len(wrong) == 1:
        return InputError(f"{_place(wrong[0])}: {wrong[0].message}", wrong[0].hint)
    return InputError("\n".join(in_one_line(each) for each in in_order(wrong)))


def in_one_line(finding: Finding) -> str:
    """Return the place of a finding, its message and its hint."""
    return f"{_place(finding)}: {finding.message}{f'; {finding.hint}' if finding.hint else ''}"


def _place(finding: Finding) -> Source:
    return Source(finding.file or "", finding.line, finding.column)


def settings(document: Document) -> Configuration:
    """Return the configuration in a document that was read without errors."""
    if not isinstance(document.body, Configuration):
        raise InputError(f"{document.file} is not a configuration")
    return document.body


def require_configuration(checked: ValidationResult) -> Repository:
    """Return the repository. Raises InputError when the configuration could not be read."""
    if checked.repository is None:
        raise InputError("the configuration could not be read", "run `reconciler validate` to see why")
    return checked.repository


def require_readable(checked: ValidationResult) -> Repository:
    """Return the repository. Raises InputError when the files have errors."""
    if checked.repository is None or file_errors(checked.findings):
        raise InputError("the files have errors", "run `reconciler validate` to see them")
    return checked.repository


def exit_code(findings: Iterable[Finding]) -> int:
    """Return the exit code of findings: 1 for errors of the files, 3 for denials, else 0."""
    findings = list(findings)
    if file_errors(findings):
        return InputError.exit_code
    return PolicyError.exit_code if denials(findings) else 0

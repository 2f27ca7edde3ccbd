"""Sync the accounts of a CRM with partner files, and report what became of each."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import msgspec

from reconciler.errors import InputError
from reconciler.model.accounts import Accounts
from reconciler.model.finding import Finding, Severity
from reconciler.model.kinds import partner_of
from reconciler.model.sync_report import NotMapped, SyncedPartner, SyncReport
from reconciler.workflow.edit import DocumentEdit, Edited, Edits, FilesNotEditedError, Read, edited
from reconciler.workflow.preview import file_of, is_in_file
from reconciler.workflow.sync.comparison import Comparison, SyncOptions, compare
from reconciler.workflow.sync.mapping import AccountMapper
from reconciler.workflow.validate import ValidationResult, in_one_line, require_configuration, settings

_MOST_ATTEMPTS: Final = 50


class Synced(msgspec.Struct, frozen=True):
    """The files that change, and the report about all accounts."""

    edited: Edited
    report: SyncReport


def default_annotation(name: str) -> str:
    """Return the annotation of partners for a source that names none."""
    return f"{name}/account"


def sync(checked: ValidationResult, root: Path, read: Read, found: Accounts, options: SyncOptions) -> Synced:
    """Return how accounts change the files; a partner whose file the rules do not allow stays as it is.

    Raises InputError where a problem is not about one of the partners.
    """
    repository = require_configuration(checked)
    mapper = AccountMapper(options.source, settings(repository.configuration).spec.owners)
    comparison = compare(found, repository.documents, mapper, options)
    denied: dict[str, tuple[str, str]] = {}
    for _ in range(_MOST_ATTEMPTS):
        edits = _edits(comparison, denied)
        try:
            result = edited(checked, root, edits, read)
        except FilesNotEditedError as error:
            denied |= {path: (each.message, each.hint) for path, each in error.errors.items()}
            continue
        wrong = [each for each in result.preview.findings if each.severity is Severity.ERROR]
        if not wrong:
            return Synced(result, _report(found, comparison, denied, options))
        denied |= _by_file(wrong, comparison, denied)
    raise InputError("the files cannot be changed without errors", "fix the first rows that are reported")


def _edits(comparison: Comparison, denied: Collection[str]) -> Edits:
    return Edits(
        tuple(
            DocumentEdit(each.document, each.operations)
            for each in comparison.updates
            if each.document.file not in denied
        ),
        tuple(each.file for each in comparison.creations if each.file.path not in denied),
    )


def _by_file(
    wrong: Collection[Finding], comparison: Comparison, denied: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Return the errors by the file of the partner that they are about. Raises InputError for others."""
    partners = _partners(comparison)
    files = {each.partner: each.file for each in partners if each.file not in denied}
    paths = {*files.values()}
    found: dict[str, tuple[str, str]] = {}
    others: list[Finding] = []
    for finding in wrong:
        partner = partner_of(finding.id) if finding.id else None
        path = file_of(finding) if file_of(finding) in paths else files.get(partner or "")
        if path is None:
            others.append(finding)
        else:
            found.setdefault(path, (finding.message, finding.hint))
    if not found:
        lines = (in_one_line(each) if is_in_file(each) else each.message for each in others)
        raise InputError("\n".join(["no file was changed:", *lines]))
    return found


def _partners(comparison: Comparison) -> list[SyncedPartner]:
    return [*(each.partner for each in comparison.updates), *(each.partner for each in comparison.creations)]


def _report(
    found: Accounts, comparison: Comparison, denied: Mapping[str, tuple[str, str]], options: SyncOptions
) -> SyncReport:
    refused = [
        NotMapped(
            reason="denied",
            place=each.place,
            account=each.account,
            partner=each.partner,
            message=f"{each.file} was not {verb}: {denied[each.file][0]}",
            hint=denied[each.file][1],
        )
        for partners, verb in ((comparison.updates, "changed"), (comparison.creations, "created"))
        for each in (one.partner for one in partners)
        if each.file in denied
    ]
    created, changed = (
        tuple(each.partner for each in partners if each.partner.file not in denied)
        for partners in (comparison.creations, comparison.updates)
    )
    return SyncReport(
        source=options.name,
        accounts=len(found.accounts),
        filtered=comparison.filtered,
        inactive=comparison.inactive,
        created=created,
        changed=changed,
        not_mapped=(*comparison.not_mapped, *refused),
        notices=comparison.notices,
    )

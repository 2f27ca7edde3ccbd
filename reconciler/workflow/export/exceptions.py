"""Exceptions from rules for objects that exist already, so that exported files validate at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from reconciler.model.finding import Finding, Severity
from reconciler.model.new_document import NewDocument
from reconciler.model.rule import CLASSES, Class
from reconciler.model.source_map import Path
from reconciler.model.timestamps import days_after
from reconciler.workflow.export.files import DocumentFile
from reconciler.workflow.preview import Preview, file_of

DAYS: Final = 90
_REASON: Final = "exported from the portal as it is"


def with_exceptions(files: Sequence[DocumentFile], found: Preview, today: str) -> list[DocumentFile]:
    """Return the files with an exception for each rule that denies what the portal has, for some time."""
    needed = _needed(files, found)
    until = days_after(today, DAYS)
    return [_excused(each, needed, until) for each in files]


def _needed(files: Sequence[DocumentFile], found: Preview) -> dict[tuple[str, int], dict[str, str]]:
    """Return the rules that deny a document, with the first message of each, by file and number."""
    needed: defaultdict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    new = {each.path for each in files}
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for document in found.documents:
        lines[document.file].append(document.where().line or 0)
    for each in found.findings:
        file = file_of(each)
        if each.severity is Severity.ERROR and file in new and _can_be_excused(each):
            number = sum(line <= (each.line or 0) for line in lines[file]) - 1
            needed[file, number].setdefault(each.rule, each.message)
    return needed


def _can_be_excused(finding: Finding) -> bool:
    return CLASSES.get(finding.rule) is Class.CONFIGURABLE


def _excused(file: DocumentFile, needed: dict[tuple[str, int], dict[str, str]], until: str) -> DocumentFile:
    if not any(path == file.path for path, _ in needed):
        return file
    documents = tuple(
        _with_exceptions(document, needed.get((file.path, number), {}), until)
        for number, document in enumerate(file.documents)
    )
    return msgspec.structs.replace(file, documents=documents)


def _with_exceptions(document: NewDocument, rules: dict[str, str], until: str) -> NewDocument:
    if not rules:
        return document
    entries = [{"rule": rule, "reason": _REASON, "until": until} for rule in sorted(rules)]
    metadata: dict[str, Any] = {**document.data["metadata"], "exceptions": entries}
    comments: dict[Path, Sequence[str]] = {
        ("metadata", "exceptions", number): (f"TODO: {rules[entry['rule']]}",)
        for number, entry in enumerate(entries)
    }
    above = {**document.above, **comments}
    return msgspec.structs.replace(document, data={**document.data, "metadata": metadata}, above=above)

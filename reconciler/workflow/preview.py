"""Preview new, changed and removed files: what the rules find with them, before anything is written."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import takewhile
from pathlib import Path
from typing import Final

import msgspec

from reconciler.load import File, documents
from reconciler.load.files import MAX_FILE_SIZE, Reader, too_large
from reconciler.model.document import DOCUMENTS, Document, KindName, Repository
from reconciler.model.finding import Finding, Severity, Source, in_order
from reconciler.policy import RuleContext, judge
from reconciler.schema import schemas
from reconciler.workflow.known_findings import compared
from reconciler.workflow.validate import ValidationResult

_PROPOSED: Final = "the proposed text of "


class ProposedFile(msgspec.Struct, frozen=True):
    """A file's path below the configuration's folder, its current text and the proposed one.

    `before` is None for a new file, `after` for one that is to be removed. It may have documents of these
    `kinds`, by default of any.
    """

    path: str
    before: str | None
    after: str | None
    kinds: tuple[KindName, ...] = ()


class Preview(msgspec.Struct, frozen=True):
    """The documents of the proposed files, and the findings that exist only with all these files together.

    If there are errors, nothing is written. Then places are those in the files as they are; only what a
    proposed text adds or changes is at a place of that text. `repository` has the proposed documents together
    with all others.
    """

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    repository: Repository


def preview(checked: ValidationResult, root: Path, files: Sequence[ProposedFile]) -> Preview:
    """Read and judge files that are new, changed or removed, together with all others.

    Raises TypeError where the files were not read.
    """
    if checked.repository is None:
        raise TypeError("the files were not read")
    contents = [
        File(each.path, each.after.encode(errors="backslashreplace"), each.kinds or tuple(DOCUMENTS))
        for each in files
        if each.after is not None
    ]
    new, wrong = documents(checked.repository.configuration, iter(contents), schemas(), Reader(root))
    wrong += [
        Finding.at(Source(each.path), "yaml", *too_large(each.path, len(each.content)))
        for each in contents
        if len(each.content) > MAX_FILE_SIZE
    ]
    paths = {each.path for each in files}
    found = _new_findings(checked, new, paths, wrong)
    if any(each.severity is Severity.ERROR for each in found):
        lines = {each.path: _Lines(each.before or "", each.after or "") for each in files}
        located = tuple(_Proposed(each, lines[each.file]) for each in new.documents)
        moved = [_moved(each, lines[each.file]) if each.file in lines else each for each in wrong]
        found = _new_findings(checked, msgspec.structs.replace(new, documents=located), paths, moved)
    together = _together(checked.repository, new, paths)
    return Preview(new.documents, tuple(in_order(found)), together)


def is_in_file(finding: Finding) -> bool:
    """Return whether the place of a finding is in a file, and not in a text that was not written."""
    return bool(finding.file) and not (finding.file or "").startswith(_PROPOSED)


def file_of(finding: Finding) -> str:
    """Return the path of the file that a finding is about, also of a proposed text."""
    return (finding.file or "").removeprefix(_PROPOSED)


def _new_findings(
    checked: ValidationResult, new: Repository, paths: AbstractSet[str], wrong: Iterable[Finding]
) -> list[Finding]:
    """Return the findings that exist only with the new documents."""
    assert checked.repository is not None  # noqa: S101  preview has checked it
    found = [*wrong, *judge(RuleContext(_together(checked.repository, new, paths), checked.today))]
    in_files = [
        msgspec.structs.replace(each, file=each.file.removeprefix(_PROPOSED)) if each.file else each
        for each in found
    ]
    known = (is_known for _, is_known in compared(in_files, checked.findings))
    return [each for each, is_known in zip(found, known, strict=True) if not is_known]


def _together(files: Repository, new: Repository, paths: AbstractSet[str]) -> Repository:
    """Return all files with the documents of the new ones; in a conflict, the older one keeps its name."""
    kept = tuple(document for document in files.documents if document.file not in paths)
    return msgspec.structs.replace(
        files,
        documents=(*kept, *new.documents),
        unreadable=files.unreadable | new.unreadable,
        unusual=(files.unusual or frozenset()) | (new.unusual or frozenset()),
    )


class _Lines:
    """The lines of the current text for those of a proposed text, which changes consecutive lines."""

    def __init__(self, current: str, proposed: str) -> None:
        before, after = current.splitlines(), proposed.splitlines()
        self._above = _alike(before, after)
        self._added = len(after) - len(before)
        self._below = len(after) - _alike(before[self._above :][::-1], after[self._above :][::-1])

    def source(self, source: Source) -> Source:
        """Return a place in the proposed text as the place in the current one, if that has it."""
        line = source.line or 1
        if line <= self._above:
            return source
        if line > self._below:
            return msgspec.structs.replace(source, line=line - self._added)
        return msgspec.structs.replace(source, file=f"{_PROPOSED}{source.file}")


def _alike(before: Sequence[str], after: Sequence[str]) -> int:
    """Return the number of lines at the beginning that are equal."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))


class _Proposed(Document):
    """A document of a proposed text, with the places of the current text where that has them."""

    __slots__ = ("_lines",)

    def __init__(self, document: Document, lines: _Lines) -> None:
        super().__init__(
            document.file, document.kind, document.name, document.data, document.positions, document.body
        )
        self._lines = lines

    def where(self, *path: str | int, key: bool = False) -> Source:
        """Return the place in the current text, or else in the proposed one, which the file then names."""
        return self._lines.source(super().where(*path, key=key))


def _moved(finding: Finding, lines: _Lines) -> Finding:
    """Return a finding of the loader at its place in the current text."""
    source = lines.source(Source(finding.file or "", finding.line, finding.column))
    return msgspec.structs.replace(finding, file=source.file, line=source.line)

"""Preview new, changed and removed files: what the rules find with them, before anything is written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from reconciler.load import File, documents
from reconciler.load.files import Reader, max_size, too_large
from reconciler.load.trees import Folder
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
    `kinds`, by default of any. `old_path` is the present path of a file that gets another one.
    """

    path: str
    before: str | None
    after: str | None
    kinds: tuple[KindName, ...] = ()
    old_path: str = ""


class Preview(msgspec.Struct, frozen=True):
    """The documents of the proposed files, and the findings that exist only with all these files together.

    If there are errors, nothing is written. Then places are those in the files as they are; only what a
    proposed text adds or changes is at a place of that text. `repository` has the proposed documents together
    with all others.
    """

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    repository: Repository


def preview(
    checked: ValidationResult,
    root: Path,
    files: Sequence[ProposedFile],
    former: Mapping[str, str] = MappingProxyType({}),
) -> Preview:
    """Read and judge files that are new, changed or removed, together with all others.

    `former` has the present name of each object that gets a new one, so that findings about it are not new.
    Raises TypeError where the files were not read.
    """
    if checked.repository is None:
        raise TypeError("the files were not read")
    contents = [
        File(each.path, each.after.encode(errors="backslashreplace"), each.kinds or tuple(DOCUMENTS))
        for each in files
        if each.after is not None
    ]
    new, wrong = documents(checked.repository.configuration, iter(contents), schemas(), Reader(Folder(root)))
    wrong += [
        Finding.at(Source(each.path), "yaml", *too_large(each.path, len(each.content)))
        for each in contents
        if len(each.content) > max_size(each.path)
    ]
    known = _KnownFindings(checked, files, former)
    found = known.without(wrong, new)
    if any(each.severity is Severity.ERROR for each in found):
        lines = {each.path: _Lines(each) for each in files}
        located = tuple(_Proposed(each, lines[each.file]) for each in new.documents)
        moved = [_moved(each, lines[each.file]) if each.file in lines else each for each in wrong]
        found = known.without(moved, msgspec.structs.replace(new, documents=located))
    together = known.together(checked.repository, new)
    return Preview(new.documents, tuple(in_order(found)), together)


def is_in_file(finding: Finding) -> bool:
    """Return whether the place of a finding is in a file, and not in a text that was not written."""
    return bool(finding.file) and not (finding.file or "").startswith(_PROPOSED)


def file_of(finding: Finding) -> str:
    """Return the path of the file that a finding is about, also of a proposed text."""
    return (finding.file or "").removeprefix(_PROPOSED)


class _KnownFindings:
    """The findings in the present files, and the present names of what is renamed."""

    def __init__(
        self, checked: ValidationResult, files: Sequence[ProposedFile], former: Mapping[str, str]
    ) -> None:
        self._checked = checked
        self._paths = {path for each in files for path in (each.path, each.old_path)}
        self._subjects = {each.subject() for each in checked.findings}
        names = {**former, **{each.path: each.old_path for each in files if each.old_path}}
        self._former = [
            (re.compile(rf"(?<![\w.-]){re.escape(new)}(?![\w-])"), old) for new, old in names.items()
        ]

    def without(self, wrong: Iterable[Finding], new: Repository) -> list[Finding]:
        """Return the findings that exist only with the new documents."""
        repository = self._checked.repository
        assert repository is not None  # noqa: S101  preview has checked it
        found = [*wrong, *judge(RuleContext(self.together(repository, new), self._checked.today))]
        known = (is_known for _, is_known in compared(map(self._as_before, found), self._checked.findings))
        return [each for each, is_known in zip(found, known, strict=True) if not is_known]

    def together(self, files: Repository, new: Repository) -> Repository:
        """Return all files with the new documents; in a conflict, the older one keeps its name."""
        kept = tuple(document for document in files.documents if document.file not in self._paths)
        return msgspec.structs.replace(
            files,
            documents=(*kept, *new.documents),
            unreadable=files.unreadable | new.unreadable,
            unusual=(files.unusual or frozenset()) | (new.unusual or frozenset()),
        )

    def _as_before(self, finding: Finding) -> Finding:
        """Return a finding as it was before the renames, if it existed then."""
        file = finding.file and finding.file.removeprefix(_PROPOSED)
        finding = msgspec.structs.replace(finding, file=file)
        if not self._former or finding.subject() in self._subjects:
            return finding
        texts = {"file": finding.file, "id": finding.id, "message": finding.message}
        return msgspec.structs.replace(
            finding, **{key: self._before(text) if text else text for key, text in texts.items()}
        )

    def _before(self, text: str) -> str:
        for name, old in self._former:
            text = name.sub(old, text)
        return text


class _Lines:
    """The lines of the current text for those of a proposed text, which changes consecutive lines."""

    def __init__(self, file: ProposedFile) -> None:
        before, after = (file.before or "").splitlines(), (file.after or "").splitlines()
        self._current = file.old_path or file.path
        self._above = _alike(before, after)
        self._added = len(after) - len(before)
        self._below = len(after) - _alike(before[self._above :][::-1], after[self._above :][::-1])

    def source(self, source: Source) -> Source:
        """Return a place in the proposed text as the place in the current one, if that has it."""
        line = source.line or 1
        if line <= self._above:
            return msgspec.structs.replace(source, file=self._current)
        if line > self._below:
            return msgspec.structs.replace(source, file=self._current, line=line - self._added)
        return msgspec.structs.replace(source, file=f"{_PROPOSED}{source.file}")


def _alike(before: Sequence[str], after: Sequence[str]) -> int:
    """Return the number of lines at the beginning that are equal."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))


class _Proposed(Document):
    """A document of a proposed text, with the places of the current text where that has them."""

    __slots__ = ("_lines",)

    def __init__(self, document: Document, lines: _Lines) -> None:
        super().__init__(document.file, document.kind, document.name, document.written, document.body)
        self._lines = lines

    def where(self, *path: str | int, key: bool = False) -> Source:
        """Return the place in the current text, or else in the proposed one, which the file then names."""
        return self._lines.source(super().where(*path, key=key))


def _moved(finding: Finding, lines: _Lines) -> Finding:
    """Return a finding of the loader at its place in the current text."""
    source = lines.source(Source(finding.file or "", finding.line, finding.column))
    return msgspec.structs.replace(finding, file=source.file, line=source.line)

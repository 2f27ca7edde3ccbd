"""Draft: what the files would lead to with a file that is new or changed, before it is written."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from reconciler.model.document import DOCUMENTS, Document, KindName, Repository
from reconciler.model.finding import Finding, in_order
from reconciler.workflow.checking import Checked

_Told: TypeAlias = tuple[str | None, ...]


class Drafted(msgspec.Struct, frozen=True):
    """The documents of a file as they would be, and the findings that there are only with them."""

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]


def draft(checked: Checked, root: Path, path: str, content: str, kinds: Sequence[KindName] = ()) -> Drafted:
    """Read and judge a file, new or in the place of the one at `path` below the configuration's folder.

    Only `kinds` may stand in it, by default any. Raises TypeError where the files were not read: there is
    nothing to judge it with.
    """
    from reconciler.load import File, documents  # noqa: PLC0415  start-up counts
    from reconciler.load.files import Reader  # noqa: PLC0415
    from reconciler.policy import World, judge  # noqa: PLC0415
    from reconciler.schema import schemas  # noqa: PLC0415

    if checked.repository is None:
        raise TypeError("the files were not read")
    file = File(path, content.encode(errors="backslashreplace"), tuple(kinds or DOCUMENTS))
    configuration = checked.repository.configuration
    new, wrong = documents(configuration, iter([file]), schemas(), Reader(root))
    found = judge(World(_together(checked.repository, new, path), checked.today))
    return Drafted(new.documents, tuple(in_order(_only_new([*wrong, *found], checked.findings))))


def _only_new(findings: Sequence[Finding], before: Sequence[Finding]) -> list[Finding]:
    """Return the findings that were not there before, wherever in their file they stood."""
    known = Counter(map(_told, before))
    new = []
    for finding in findings:
        if known[_told(finding)]:
            known[_told(finding)] -= 1
        else:
            new.append(finding)
    return new


def _told(finding: Finding) -> _Told:
    return finding.file, finding.rule, finding.id, finding.message


def _together(files: Repository, new: Repository, path: str) -> Repository:
    """Return all files, that one as it would be; what was there first keeps its name."""
    kept = tuple(document for document in files.documents if document.file != path)
    return Repository(
        files.configuration,
        (*kept, *new.documents),
        unreadable=files.unreadable | new.unreadable,
        files=files.files,
        digest=files.digest,
        unusual=(files.unusual or frozenset()) | (new.unusual or frozenset()),
    )

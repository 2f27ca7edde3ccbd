"""Draft: what the files would lead to with a file that is new or changed, before it is written."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from reconciler.model.document import DOCUMENTS, Document, KindName, Repository
from reconciler.model.finding import Finding, in_order
from reconciler.workflow.known_findings import compared
from reconciler.workflow.validate import ValidationResult


class Preview(msgspec.Struct, frozen=True):
    """The documents of a file as they would be, and the findings that there are only with them."""

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]


def preview(
    checked: ValidationResult, root: Path, path: str, content: str, kinds: Sequence[KindName] = ()
) -> Preview:
    """Read and judge a file, new or in the place of the one at `path` below the configuration's folder.

    Only `kinds` may stand in it, by default any. Raises TypeError where the files were not read: there is
    nothing to judge it with.
    """
    from reconciler.load import File, documents  # noqa: PLC0415  start-up counts
    from reconciler.load.files import Reader  # noqa: PLC0415
    from reconciler.policy import RuleContext, judge  # noqa: PLC0415
    from reconciler.schema import schemas  # noqa: PLC0415

    if checked.repository is None:
        raise TypeError("the files were not read")
    file = File(path, content.encode(errors="backslashreplace"), tuple(kinds or DOCUMENTS))
    configuration = checked.repository.configuration
    new, wrong = documents(configuration, iter([file]), schemas(), Reader(root))
    found = judge(RuleContext(_together(checked.repository, new, path), checked.today))
    new_findings = [each for each, known in compared([*wrong, *found], checked.findings) if not known]
    return Preview(new.documents, tuple(in_order(new_findings)))


def _together(files: Repository, new: Repository, path: str) -> Repository:
    """Return all files, that one as it would be; what was there first keeps its name."""
    kept = tuple(document for document in files.documents if document.file != path)
    return msgspec.structs.replace(
        files,
        documents=(*kept, *new.documents),
        unreadable=files.unreadable | new.unreadable,
        unusual=(files.unusual or frozenset()) | (new.unusual or frozenset()),
    )

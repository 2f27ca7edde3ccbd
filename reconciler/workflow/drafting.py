"""Draft: what the files would lead to with one more document, before it is written."""

from collections import Counter
from pathlib import Path

import msgspec

from reconciler.model.document import Document, KindName, Repository
from reconciler.model.finding import Finding, in_order
from reconciler.workflow.checking import Checked


class Drafted(msgspec.Struct, frozen=True):
    """A document that stands in no file yet, and the findings that there are only with it."""

    document: Document | None
    findings: tuple[Finding, ...]


def draft(checked: Checked, root: Path, path: str, content: str, kind: KindName) -> Drafted:
    """Read and judge a document as if it stood at `path`, below the configuration's folder.

    Raises TypeError where the files could not be read: there is nothing to judge it with.
    """
    from reconciler.load import File, documents  # noqa: PLC0415  start-up counts
    from reconciler.load.files import Reader  # noqa: PLC0415
    from reconciler.policy import World, judge  # noqa: PLC0415
    from reconciler.schema import schemas  # noqa: PLC0415

    if checked.repository is None:
        raise TypeError("the files were not read")
    file = File(path, content.encode(errors="backslashreplace"), (kind,))
    configuration = checked.repository.configuration
    added, wrong = documents(configuration, iter([file]), schemas(), Reader(root))
    found = judge(World(_together(checked.repository, added), checked.today))
    # What is there without the document is not its business.
    new = Counter(found) - Counter(checked.findings)
    document = added.documents[0] if added.documents else None
    return Drafted(document, tuple(in_order([*wrong, *new.elements()])))


def _together(files: Repository, added: Repository) -> Repository:
    """Return both as one; what was there first keeps its name."""
    return Repository(
        files.configuration,
        (*files.documents, *added.documents),
        unreadable=files.unreadable | added.unreadable,
        files=files.files + added.files,
        digest=files.digest,
        unusual=(files.unusual or frozenset()) | (added.unusual or frozenset()),
    )

"""Preview a new or changed file: what the rules find with it, before it is written."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from reconciler.load import File, documents
from reconciler.load.files import Reader
from reconciler.model.document import DOCUMENTS, Document, KindName, Repository
from reconciler.model.finding import Finding, in_order
from reconciler.policy import RuleContext, judge
from reconciler.schema import schemas
from reconciler.workflow.known_findings import compared
from reconciler.workflow.validate import ValidationResult


class Preview(msgspec.Struct, frozen=True):
    """The documents of a file, and the findings that exist only with them."""

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]


def preview(
    checked: ValidationResult, root: Path, path: str, content: str, kinds: Sequence[KindName] = ()
) -> Preview:
    """Read and judge a file that is new, or replaces the one at `path` below the configuration's folder.

    It may have documents of these `kinds`, by default of any. Raises TypeError where the files were not read.
    """
    if checked.repository is None:
        raise TypeError("the files were not read")
    file = File(path, content.encode(errors="backslashreplace"), tuple(kinds or DOCUMENTS))
    configuration = checked.repository.configuration
    new, wrong = documents(configuration, iter([file]), schemas(), Reader(root))
    found = judge(RuleContext(_together(checked.repository, new, path), checked.today))
    new_findings = [each for each, known in compared([*wrong, *found], checked.findings) if not known]
    return Preview(new.documents, tuple(in_order(new_findings)))


def _together(files: Repository, new: Repository, path: str) -> Repository:
    """Return all files with the documents of the new one; in a conflict, the older one keeps its name."""
    kept = tuple(document for document in files.documents if document.file != path)
    return msgspec.structs.replace(
        files,
        documents=(*kept, *new.documents),
        unreadable=files.unreadable | new.unreadable,
        unusual=(files.unusual or frozenset()) | (new.unusual or frozenset()),
    )

"""Check for files below the configured paths that are not read."""

from collections.abc import Iterator

from reconciler.model.finding import Source
from reconciler.policy.context import Violation
from reconciler.policy.index import Index


def unread_file(index: Index) -> Iterator[Violation]:
    """Report files below the configured paths that are not read.

    Only files with a name ending in .yaml, .yml or .json are read. JSON without `apiVersion` is not read.
    """
    for file, why in index.context.repository.ignored.items():
        hint = "rename it if it contains documents, or move it elsewhere"
        message = f"{file} is not read: {why}"
        yield Violation(index.configuration, (), message, hint, source=Source(file))

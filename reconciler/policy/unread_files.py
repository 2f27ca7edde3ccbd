"""The rule about files that nobody reads, though they are where documents are."""

from collections.abc import Iterator

from reconciler.model.finding import Source
from reconciler.policy.context import Violation
from reconciler.policy.index import Index


def unread_file(index: Index) -> Iterator[Violation]:
    """Below the paths of the configuration, every file is read: its name ends in .yaml, .yml or .json.

    JSON without `apiVersion` is not read either.
    """
    for file, why in index.world.repository.ignored.items():
        hint = "rename it if it holds documents, or move it elsewhere"
        message = f"{file} is not read: {why}"
        yield Violation(index.configuration, (), message, hint, source=Source(file))

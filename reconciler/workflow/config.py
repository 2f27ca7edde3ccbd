"""Configure: the one configuration that a file holds, if it can be relied on."""

from pathlib import Path

from reconciler.model.document import Document
from reconciler.model.finding import Finding
from reconciler.model.rule import file_errors


def configuration_in(path: Path) -> tuple[Document | None, list[Finding]]:
    """Return the configuration in a file, or None, and the errors that are in the way."""
    from reconciler.load import load_configuration  # noqa: PLC0415  start-up counts
    from reconciler.schema import schemas  # noqa: PLC0415

    document, findings = load_configuration(path, schemas())
    errors = file_errors(findings)
    usable = document is not None and document.body is not None and not errors
    return (document if usable else None), errors

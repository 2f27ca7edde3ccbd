"""Read a configuration file."""

from pathlib import Path

from reconciler.load import load_configuration
from reconciler.model.document import Document
from reconciler.model.finding import Finding
from reconciler.model.rule import file_errors
from reconciler.schema import schemas


def configuration_in(path: Path) -> tuple[Document | None, list[Finding]]:
    """Return the configuration in a file, or None where it has errors, and the errors."""
    document, findings = load_configuration(path, schemas())
    errors = file_errors(findings)
    usable = document is not None and document.body is not None and not errors
    return (document if usable else None), errors

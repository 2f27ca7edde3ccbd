"""Read a configuration file."""

from reconciler.load import Tree, load_configuration_from
from reconciler.model.document import Document
from reconciler.model.finding import Finding
from reconciler.model.rule import file_errors
from reconciler.schema import schemas


def configuration_in(tree: Tree, name: str) -> tuple[Document | None, list[Finding]]:
    """Return the configuration in a file of a tree, or None where it has errors, and the errors."""
    document, findings = load_configuration_from(tree, name, schemas())
    errors = file_errors(findings)
    usable = document is not None and document.body is not None and not errors
    return (document if usable else None), errors

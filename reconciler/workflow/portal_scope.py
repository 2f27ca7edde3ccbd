"""Limit checked files to the documents of one portal (`metadata.portals`)."""

from collections.abc import Iterable, Iterator

import msgspec

from reconciler.model.document import Document
from reconciler.model.portal_names import named_objects
from reconciler.model.portal_scope import for_portal
from reconciler.model.resource import ResourceId
from reconciler.workflow.validate import ValidationResult


def in_portal(checked: ValidationResult, portal: str | None) -> ValidationResult:
    """Return the files with only the documents of a portal, in the base as well; None means all portals.

    The findings remain: files have to be correct for all portals. Changes of files remain if the document is
    for this portal before or after them.
    """
    if checked.repository is None or portal is None:
        return checked
    repository, base = for_portal(checked.repository, portal), checked.base
    if base is not None and base.repository is not None:
        base = msgspec.structs.replace(base, repository=for_portal(base.repository, portal))
    kept = [*repository.documents, *(base.repository.documents if base and base.repository else ())]
    left_out = {*_objects(repository.elsewhere)} - {*_objects(kept)} if repository.elsewhere else set()
    return msgspec.structs.replace(
        checked,
        repository=repository,
        base=base,
        file_changes=tuple(each for each in checked.file_changes if each.about not in left_out),
    )


def _objects(documents: Iterable[Document]) -> Iterator[ResourceId]:
    """Yield the ids of partners, groups and products; changes of teams are about their partner."""
    return (each for document in documents for each, _, _ in named_objects(document.body))

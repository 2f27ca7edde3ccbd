"""The portals that a document is limited to (`metadata.portals`), and the documents of one portal."""

from collections.abc import Collection

import msgspec

from reconciler.model.document import AccessGroup, ApiProduct, Configuration, Document, Partner, Repository


def portals_of(document: Document) -> Collection[str] | None:
    """Return the portals that a document is limited to, or None if it is for all portals."""
    body = document.body
    return body.metadata.portals if isinstance(body, Partner | AccessGroup | ApiProduct) else None


def is_for(document: Document, portal: str) -> bool:
    """Return whether a portal has the objects of a document."""
    portals = portals_of(document)
    return portals is None or portal in portals


def for_portal(repository: Repository, portal: str) -> Repository:
    """Return the repository with only the documents of a portal; the others are `elsewhere`.

    Nothing is left out for a name that is not the name of a portal.
    """
    body = repository.configuration.body
    if not isinstance(body, Configuration) or portal not in body.spec.portals:
        return repository
    elsewhere = tuple(each for each in repository.documents if not is_for(each, portal))
    if not elsewhere:
        return repository
    documents = tuple(each for each in repository.documents if is_for(each, portal))
    return msgspec.structs.replace(repository, documents=documents, elsewhere=elsewhere)


def for_all_portals(repository: Repository) -> Repository:
    """Return the repository with the documents of all portals."""
    if not repository.elsewhere:
        return repository
    documents = (*repository.documents, *repository.elsewhere)
    return msgspec.structs.replace(repository, documents=documents, elsewhere=())

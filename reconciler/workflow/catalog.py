"""The catalog: the APIs that a portal offers, according to the files."""

from collections.abc import Mapping

import msgspec

from reconciler.model.document import Catalog, Document, Repository
from reconciler.model.resource import OfferedApi


def catalogued(repository: Repository | None) -> dict[str, OfferedApi]:
    """Return the APIs of the catalog, by name."""
    return {
        api.name: OfferedApi(api.name, api.visibility, api.owner, api.display_name, api.bundled_by)
        for document in (repository.documents if repository else ())
        if document.kind == "Catalog" and isinstance(document.body, Catalog)
        for api in document.body.spec.apis
    }


def as_offered(repository: Repository, known: Mapping[str, OfferedApi]) -> Repository:
    """Return the repository with what is known about these APIs; itself if it matches."""
    documents = tuple(_as_offered(document, known) for document in repository.documents)
    if all(new is old for new, old in zip(documents, repository.documents, strict=True)):
        return repository
    return msgspec.structs.replace(repository, documents=documents)


def _as_offered(document: Document, known: Mapping[str, OfferedApi]) -> Document:
    body = document.body
    if not isinstance(body, Catalog):
        return document
    apis = [
        api.model_copy(
            update={
                "owner": found.owner or api.owner,
                "visibility": found.visibility,
                "bundled_by": found.bundled_by,
            }
        )
        if (found := known.get(api.name))
        else api
        for api in body.spec.apis
    ]
    if apis == list(body.spec.apis):
        return document
    spec = body.spec.model_copy(update={"apis": tuple(apis)})
    new = body.model_copy(update={"spec": spec})
    return Document(document.file, document.kind, document.name, document.written, new)

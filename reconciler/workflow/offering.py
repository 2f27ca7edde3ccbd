"""Offering: the APIs that the files say a portal offers."""

from reconciler.model.document import Catalog, Repository
from reconciler.model.resource import OfferedApi


def catalogued(repository: Repository | None) -> dict[str, OfferedApi]:
    """Return the APIs of the catalog, by name."""
    return {
        api.name: OfferedApi(api.name, api.visibility, api.owner, api.display_name)
        for document in (repository.documents if repository else ())
        if isinstance(document.body, Catalog)
        for api in document.body.spec.apis
    }

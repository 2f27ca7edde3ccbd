"""The catalog: the APIs that a portal offers, as the data of a document."""

from collections.abc import Collection, Iterable
from typing import Any

from reconciler.export.texts import is_api, is_text
from reconciler.model.field_types import API_VERSION
from reconciler.model.ids import decoded
from reconciler.model.new_document import NewDocument
from reconciler.model.resource import OfferedApi
from reconciler.model.source_map import Path


def catalog_data(apis: Iterable[OfferedApi], owners: Collection[str], owner: str) -> NewDocument:
    """Return the catalog of these APIs, by name.

    An API of an owner who is not one of `owners` gets the given `owner`, with a comment. Names that files
    cannot hold are named in a comment.
    """
    found = sorted(apis, key=lambda each: each.name)
    held = [each for each in found if is_api(each.name)]
    unfit = [decoded(each.name) for each in found if not is_api(each.name)]
    beside: dict[Path, str] = {
        ("spec", "apis", number): f'TODO: the owner in the portal is "{each.owner}"'
        for number, each in enumerate(held)
        if each.owner and each.owner not in owners
    }
    data = {
        "apiVersion": API_VERSION,
        "kind": "Catalog",
        "metadata": {"name": "catalog"},
        "spec": {"apis": [_api(each, owners, owner) for each in held]},
    }
    above: dict[Path, list[str]] = {}
    if unfit:
        above["spec", "apis"] = [f"Not written, because of their names: {', '.join(unfit)}"]
    return NewDocument(data=data, above=above, beside=beside)


def _api(api: OfferedApi, owners: Collection[str], owner: str) -> dict[str, Any]:
    shown = api.display_name if api.display_name and is_text(api.display_name) else None
    return {
        "name": api.name,
        "displayName": shown,
        "owner": api.owner if api.owner in owners else owner,
        "visibility": api.visibility,
    }

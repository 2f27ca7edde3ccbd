"""Check for names that are defined more than once."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from reconciler.model.document import Document
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.tolerant import at, items, place

_TITLES: Final = {
    "Partner": "partner",
    "AccessGroup": "access group",
    "ApiProduct": "API product",
    "Catalog": "catalog",
}
# A name, the document, and the path of what has the name.
_Named = tuple[Any, Document, Path]


def duplicate_name(index: Index) -> Iterator[Violation]:
    """Report names that are defined more than once.

    Names are unique within their kind, team names within their partner, and API names within all catalogs.
    """
    for kind, title in _TITLES.items():
        if kind != "Partner" or _may_have_duplicates(index):
            yield from _of_one_sort([*map(_named, index.of_kind(kind))], title)
    for document in _documents_with_possible_duplicates(index):
        yield from _of_one_sort(_listed(document, "teams"), "team", f' of partner "{document.name}"')
    apis = [api for document in index.of_kind("Catalog") for api in _listed(document, "apis")]
    yield from _of_one_sort(apis, "API")


def _may_have_duplicates(index: Index) -> bool:
    """Return whether some partners are invalid, share a name or were renamed."""
    return bool(index.unindexed_partners) or any(holder.renames for holder in index.holders.values())


def _documents_with_possible_duplicates(index: Index) -> list[Document]:
    held = [
        holder.document for holder in index.holders.values() if holder.renames or holder.has_duplicate_teams
    ]
    return held + index.unindexed_partners


def _named(document: Document) -> _Named:
    return document.name or at(document.data, "metadata", "name"), document, ("metadata",)


def _listed(document: Document, key: str) -> list[_Named]:
    return [
        (at(item, "name"), document, ("spec", key, number))
        for number, item in enumerate(items(document.data, "spec", key))
    ]


def _of_one_sort(things: Sequence[_Named], title: str, whose: str = "") -> Iterator[Violation]:
    """Yield the duplicate names among objects of one kind."""
    first: dict[str, _Named] = {}
    for thing in things:
        name = thing[0]
        if isinstance(name, str) and first.setdefault(name, thing) is not thing:
            message = f'{title} "{name}"{whose} is already defined at {_place(first[name], "name")}'
            yield _at(thing, "name", message, "rename or remove one of them")


def _at(thing: _Named, key: str, message: str, hint: str) -> Violation:
    _, document, path = thing
    return Violation(document, (*path, key), message, hint)


def _place(thing: _Named, key: str) -> str:
    _, document, path = thing
    return place(document, (*path, key))

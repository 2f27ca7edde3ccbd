"""Check for references to names that are not defined."""

import re
from collections.abc import Iterator
from typing import Any, Final

from reconciler.model.document import Document
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.name_index import Names
from reconciler.policy.tolerant import at, entries, items

Reference = tuple[str, str, Path]

TITLES: Final = {
    "Owner": "owner",
    "Partner": "partner",
    "Team": "team",
    "AccessGroup": "access group",
    "ApiProduct": "API product",
    "Api": "API",
}
_ADVICE: Final = {
    "Owner": "add it under owners in the configuration",
    "Partner": "remove this entry if the partner no longer exists",
    "Team": "remove this entry if the team no longer exists",
    "Api": "add it to the catalog if the portal offers it; the embedded portal offers all of the catalog",
}
# For these kinds, the hint lists all names to choose from, if there are few.
_CHOSEN: Final = frozenset({"Owner", "AccessGroup", "ApiProduct"})
_MAX_LISTED: Final = 30
# Other texts are not valid names; the schema reports them.
_NAME: Final = re.compile(r"[A-Za-z0-9._~/-]{1,255}")


def unknown_reference(index: Index) -> Iterator[Violation]:
    """Report references to undefined owners, partners, teams, access groups, API products and APIs.

    Owners are defined in the configuration, APIs in the catalog if there is one. References in documents that
    violate their schema are checked as well. Nothing is reported if the name may be defined in a document
    that could not be read.
    """
    names = Names(index)
    for document in _documents_to_check(index, names):
        for kind, name, path in references(document):
            if names.dangles(kind, name) and _NAME.fullmatch(name):
                yield Violation(document, path, _message(kind, name), _hint(names, kind, name))


def _documents_to_check(index: Index, names: Names) -> Iterator[Document]:
    """Yield all documents except the many partners whose references are known to be valid."""
    groups, owners = names.of("AccessGroup"), names.of("Owner")
    for holder in index.holders.values():
        if not (holder.groups <= groups and holder.owner in owners):
            yield holder.document
    yield from index.unindexed_partners
    for kind in ("AccessGroup", "ApiProduct", "Catalog"):
        yield from index.of_kind(kind)


def _hint(names: Names, kind: str, name: str) -> str:
    """Return a similar name, the list of names to choose from, or general advice."""
    near = names.suggestion(kind, name)
    known = names.of(kind) if kind in _CHOSEN else ()
    if not known or len(known) > _MAX_LISTED or (near and kind != "Owner"):
        return near or _ADVICE.get(kind, "")
    listed = f"{TITLES[kind]}s: {', '.join(sorted(known))}"
    return f"{near} The {listed}" if near else f"the {listed}"


def _message(kind: str, name: str) -> str:
    missing = "is not defined in the catalog" if kind == "Api" else "is not defined in any file"
    missing = "is not defined in the configuration" if kind == "Owner" else missing
    return f'{TITLES[kind]} "{name}" {missing}'


def references(document: Document) -> Iterator[Reference]:
    """Yield kind, name and path of all references in a document."""
    spec = at(document.data, "spec")
    if not isinstance(spec, dict):
        return
    owner = spec.get("owner")
    if isinstance(owner, str):
        yield "Owner", owner, ("spec", "owner")
    if document.kind == "Partner":
        yield from _of_partner(spec)
    elif document.kind == "AccessGroup":
        yield from _listed(spec, "apis", "Api")
        yield from _listed(spec, "products", "ApiProduct")
        yield from _keyed(spec, "offers", {"partner": "Partner"})
        yield from _keyed(spec, "grants", {"partner": "Partner", "team": "Team"})
    elif document.kind == "ApiProduct":
        yield from _listed(spec, "apis", "Api")
    elif document.kind == "Catalog":
        yield from _keyed(spec, "apis", {"owner": "Owner"})


def _of_partner(spec: dict[str, Any]) -> Iterator[Reference]:
    for name, path in entries(spec.get("access"), "group", ("spec", "access")):
        yield "AccessGroup", name, path
    for number, team in enumerate(items(spec, "teams")):
        for name, path in entries(at(team, "access"), "group", ("spec", "teams", number, "access")):
            yield "AccessGroup", name, path


def _listed(spec: dict[str, Any], key: str, kind: str) -> Iterator[Reference]:
    for number, name in enumerate(items(spec, key)):
        if isinstance(name, str):
            yield kind, name, ("spec", key, number)


def _keyed(spec: dict[str, Any], key: str, kinds: dict[str, str]) -> Iterator[Reference]:
    for number, item in enumerate(items(spec, key)):
        for name_key, kind in kinds.items():
            name = at(item, name_key)
            if isinstance(name, str):
                yield kind, name, ("spec", key, number, name_key)

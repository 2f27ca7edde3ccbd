"""The rule about names that lead nowhere."""

import re
from collections.abc import Iterator
from typing import Any, Final

from reconciler.model.document import Document
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.name_index import Names
from reconciler.policy.tolerant import at, entries, items

_Reference = tuple[str, str, Path]

_TITLES: Final = {
    "Owner": "owner",
    "Partner": "partner",
    "Team": "team",
    "AccessGroup": "access group",
    "ApiProduct": "API product",
    "Api": "API",
}
_ADVICE: Final = {
    "Owner": "name it under owners in the configuration",
    "Partner": "take this entry out, if the partner has gone",
    "Team": "take this entry out, if the team has gone",
    "Api": "add it to the catalog, if the portal offers it",
}
# Of these, somebody chooses one; of the owners there are few, and one of them is asked about it.
_CHOSEN: Final = frozenset({"Owner", "AccessGroup", "ApiProduct"})
_MOST_NAMED: Final = 30
# What is no name is the schema's business.
_NAME: Final = re.compile(r"[A-Za-z0-9._~/-]{1,255}")


def unknown_reference(index: Index) -> Iterator[Violation]:
    """Every owner, partner, team, access group, API product and API that is named exists.

    Owners stand in the configuration, APIs in the catalog, where there is one. Names are also checked in
    documents that do not meet the schema; what may stand in one that could not be read is not reported.
    """
    names = Names(index)
    for document in _doubtful(index, names):
        for kind, name, path in _references(document):
            if names.dangles(kind, name) and _NAME.fullmatch(name):
                yield Violation(document, path, _message(kind, name), _hint(names, kind, name))


def _doubtful(index: Index, names: Names) -> Iterator[Document]:
    """Yield every document but for the many partners that lead nowhere wrong."""
    groups, owners = names.of("AccessGroup"), names.of("Owner")
    for holder in index.holders.values():
        if not (holder.groups <= groups and holder.owner in owners):
            yield holder.document
    yield from index.loose
    for kind in ("AccessGroup", "ApiProduct", "Catalog"):
        yield from index.of_kind(kind)


def _hint(names: Names, kind: str, name: str) -> str:
    """Return what was probably meant, or what there is to choose from, or else what to do."""
    near = names.suggestion(kind, name)
    known = names.of(kind) if kind in _CHOSEN else ()
    if not known or len(known) > _MOST_NAMED or (near and kind != "Owner"):
        return near or _ADVICE.get(kind, "")
    listed = f"{_TITLES[kind]}s: {', '.join(sorted(known))}"
    return f"{near} The {listed}" if near else f"the {listed}"


def _message(kind: str, name: str) -> str:
    missing = "does not stand in the catalog" if kind == "Api" else "does not exist"
    return f'{_TITLES[kind]} "{name}" {missing}'


def _references(document: Document) -> Iterator[_Reference]:
    """Yield kind, name and place of everything that a document names."""
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


def _of_partner(spec: dict[str, Any]) -> Iterator[_Reference]:
    for name, path in entries(spec.get("access"), "group", ("spec", "access")):
        yield "AccessGroup", name, path
    for number, team in enumerate(items(spec, "teams")):
        for name, path in entries(at(team, "access"), "group", ("spec", "teams", number, "access")):
            yield "AccessGroup", name, path


def _listed(spec: dict[str, Any], key: str, kind: str) -> Iterator[_Reference]:
    for number, name in enumerate(items(spec, key)):
        if isinstance(name, str):
            yield kind, name, ("spec", key, number)


def _keyed(spec: dict[str, Any], key: str, kinds: dict[str, str]) -> Iterator[_Reference]:
    for number, item in enumerate(items(spec, key)):
        for name_key, kind in kinds.items():
            name = at(item, name_key)
            if isinstance(name, str):
                yield kind, name, ("spec", key, number, name_key)

"""Check for references to names that are not defined."""

import re
from collections.abc import Iterator
from typing import Final

from reconciler.model.document import Document
from reconciler.model.references import references
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.name_index import Names

TITLES: Final = {
    "Owner": "owner",
    "Partner": "partner",
    "Team": "team",
    "AccessGroup": "access group",
    "ApiProduct": "API product",
    "Api": "API",
    "Source": "source",
}
_ADVICE: Final = {
    "Owner": "add it under owners in the configuration",
    "Partner": "remove this entry if the partner no longer exists",
    "Team": "remove this entry if the team no longer exists",
    "Source": "add it under sources in the configuration",
    "Api": "add it to the catalog if the portal offers it; the embedded portal offers all of the catalog",
}
# For these kinds, the hint lists all names to choose from, if there are few.
_CHOSEN: Final = frozenset({"Owner", "Source", "AccessGroup", "ApiProduct"})
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
    groups, owners, sources = names.of("AccessGroup"), names.of("Owner"), names.of("Source")
    for holder in index.holders.values():
        if not (holder.groups <= groups and holder.owner in owners and holder.sources <= sources):
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
    missing = "is not defined in the configuration" if kind in {"Owner", "Source"} else missing
    return f'{TITLES[kind]} "{name}" {missing}'

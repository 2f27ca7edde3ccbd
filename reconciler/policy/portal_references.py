"""Check that an object exists in every portal in which another one refers to it (`metadata.portals`)."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from reconciler.model.document import Document
from reconciler.model.ids import split_team
from reconciler.model.references import references
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.name_index import NAMED_KINDS
from reconciler.policy.references import TITLES
from reconciler.policy.tolerant import at, items, place

_Limited: TypeAlias = dict[tuple[str, str], Document]
# An offer gives nothing to a partner that does not exist in a portal.
_OFFERS: Final = "offers"


def missing_in_portal(index: Index) -> Iterator[Violation]:
    """Report references to partners, teams, groups and products that a portal of the document does not have.

    `metadata.portals` limits an object to some portals. A document that refers to it has to be limited to the
    same portals, or to fewer. Offers to partners are not checked.
    """
    limited: _Limited = {
        (document.kind, document.name): document
        for document in index.special
        if document.kind in NAMED_KINDS and document.name and items(document.data, "metadata", "portals")
    }
    if limited:
        for kind in NAMED_KINDS:
            for document in index.of_kind(kind):
                yield from _of_document(index, limited, document)


def _of_document(index: Index, limited: _Limited, document: Document) -> Iterator[Violation]:
    for kind, name, path in references(document):
        target_kind, target_name = ("Partner", split_team(name)[0]) if kind == "Team" else (kind, name)
        target = limited.get((target_kind, target_name))
        if target is not None and path[1] != _OFFERS:
            missing = [each for each in _portals(index, document) if each not in _portals(index, target)]
            if missing:
                yield _violation(document, path, target, missing)


def _portals(index: Index, document: Document) -> list[str]:
    """Return the portals that have the objects of a document."""
    listed = items(document.data, "metadata", "portals")
    return listed or list(index.settings.portals)


def _violation(document: Document, path: Path, target: Document, missing: list[str]) -> Violation:
    where = ", ".join(f'"{each}"' for each in missing)
    portals = f"portal {where}" if len(missing) == 1 else f"portals {where}"
    limit = place(target, ("metadata", "portals"))
    message = f'{TITLES[str(target.kind)]} "{target.name}" does not exist in the {portals} ({limit})'
    only = ", ".join(map(str, at(target.data, "metadata", "portals")))
    hint = f"limit this document as well, with `portals: [{only}]` in metadata"
    if path[1] == "grants":
        hint = f"{hint}; or offer the group to the partner, and grant access in the partner's file"
    return Violation(document, path, message, hint)

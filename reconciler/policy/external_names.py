"""Check external names: two objects with the same name in a portal, and portals that do not exist."""

from collections.abc import Iterator, Mapping
from typing import Final

from reconciler.model.document import Document
from reconciler.model.portal_names import ExternalName, named_objects
from reconciler.model.portal_scope import is_for, portals_of
from reconciler.model.resource import ResourceId
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index, NamedObject
from reconciler.policy.suggestions import Suggestions
from reconciler.policy.tolerant import place

# Used if no portal is configured; no portal has this name.
_ANY: Final = ""


def duplicate_external_name(index: Index) -> Iterator[Violation]:
    """Report two objects of a kind, or two teams of a partner, with the same name in one portal.

    `externalName` says what an object is called in a portal; without it, that is the object's name.
    """
    reported: set[tuple[ResourceId, ResourceId]] = set()
    for portal in (index.settings.portals or (_ANY,)) if index.externally_named else ():
        for one, other, name in _same_names(index.objects, portal):
            if (one[0], other[0]) not in reported:
                reported.add((one[0], other[0]))
                yield _violation(one, other, name, portal)


def unknown_portal(index: Index) -> Iterator[Violation]:
    """Report portals in `defaultPortal`, `externalName` and `portals` that are not configured."""
    known, suggestions = index.settings.portals, Suggestions()
    for portal, document, path in _named_portals(index):
        if portal not in known:
            hint = suggestions.find(portal, known) or f"known: {', '.join(known) or 'none'}"
            yield Violation(document, path, f'portal "{portal}" is not defined', hint)


def _named_portals(index: Index) -> Iterator[tuple[str, Document, Path]]:
    default = index.settings.default_portal
    if default is not None:
        yield default, index.configuration, ("spec", "defaultPortal")
    for document in index.externally_named:
        for _, external, path in named_objects(document.body):
            for portal in external if isinstance(external, Mapping) else ():
                yield portal, document, (*path, portal)
    for document in index.special:
        for number, portal in enumerate(portals_of(document) or ()):
            yield portal, document, ("metadata", "portals", number)


def _same_names(objects: list[NamedObject], portal: str) -> Iterator[tuple[NamedObject, NamedObject, str]]:
    """Yield each two objects with the same name in a portal, of which the first has an external name."""
    found: dict[tuple[str, str], NamedObject] = {}
    for each in objects:
        if portal != _ANY and not is_for(each[2], portal):
            continue
        above, _, own = each[0].rpartition("/")
        name = _name_in(each[1], portal) or own
        other = found.setdefault((above, name), each)
        # Two objects with the same name in the files have an error of their own.
        if other[0] != each[0]:
            yield (each, other, name) if each[1] is not None else (other, each, name)


def _name_in(external: ExternalName | None, portal: str) -> str | None:
    return external.get(portal) if isinstance(external, Mapping) else external


def _violation(one: NamedObject, other: NamedObject, name: str, portal: str) -> Violation:
    where = f' in the portal "{portal}"' if portal else ""
    beside = place(other[2], other[3] if other[1] is not None else (*other[3][:-1], "name"))
    message = f'{one[0]} is called "{name}"{where}, as is {other[0]} ({beside})'
    return Violation(one[2], one[3], message, "choose another externalName for one of them", id=one[0])

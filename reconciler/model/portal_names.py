"""External names: what objects are called in a portal where their names in the files cannot be used."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from reconciler.model.document import AccessGroup, ApiProduct, Body, Document, Partner
from reconciler.model.ids import decoded, encoded
from reconciler.model.kinds import objects_in
from reconciler.model.resource import ResourceId
from reconciler.model.source_map import Path

# A name that is the same in all portals, or one for each portal.
ExternalName: TypeAlias = str | Mapping[str, str]

_KINDS: Final[Mapping[type, str]] = {
    Partner: "partner",
    AccessGroup: "access-group",
    ApiProduct: "api-product",
}
# Marks the id of an object in the portal that has the name of another object in the files.
_OTHER: Final = "="


def external_names(documents: Iterable[Document]) -> dict[ResourceId, ExternalName]:
    """Return the external names in documents, by the ids of their objects."""
    return {
        each: name
        for document in documents
        if has_external_name(document.body)
        for each, name, _ in named_objects(document.body)
        if name is not None
    }


def has_external_name(body: Body | None) -> bool:
    """Return whether a document gives an object another name, which few do."""
    if isinstance(body, Partner):
        for team in body.spec.teams:
            if team.external_name is not None:
                return True
    return isinstance(body, Partner | AccessGroup | ApiProduct) and body.metadata.external_name is not None


def object_of(body: Body | None) -> ResourceId | None:
    """Return the id of the partner, group or product that a document defines, or None."""
    kind = _KINDS.get(type(body))
    return f"{kind}/{body.metadata.name}" if kind and body is not None else None


def named_objects(body: Body | None) -> Iterator[tuple[ResourceId, ExternalName | None, Path]]:
    """Yield the id of each object in a document, its external name if it has one, and the place of that."""
    if isinstance(body, Partner | AccessGroup | ApiProduct):
        yield f"{object_of(body)}", body.metadata.external_name, ("metadata", "externalName")
    if isinstance(body, Partner):
        for number, team in enumerate(body.spec.teams):
            place = ("spec", "teams", number, "externalName")
            yield f"team/{body.metadata.name}/{team.name}", team.external_name, place


def names_for(portal: str, external: Mapping[ResourceId, ExternalName]) -> dict[ResourceId, str]:
    """Return the names of objects in one portal, by id, without those that it calls as the files do."""
    found = {each: name if isinstance(name, str) else name.get(portal, "") for each, name in external.items()}
    return {each: name for each, name in found.items() if name and encoded(name) != each.rpartition("/")[2]}


def is_shadow(resource_id: ResourceId) -> bool:
    """Return whether an object, or what it belongs to, has in the portal the name of another in the files."""
    return any(name.startswith(_OTHER) for name in resource_id.split("/")[1:])


def shadowed(resource_id: ResourceId) -> ResourceId:
    """Return the object in the files whose name another object has in the portal."""
    above, _, name = resource_id.rpartition("/")
    return f"{above}/{name.removeprefix(_OTHER)}"


class PortalNames:
    """Translates ids between the files and one portal, in both directions.

    Ids of a portal have the names that objects have there. If an object in the portal has a name that is used
    for another object in the files, its id in our terms begins with `=`. So no two objects share an id.
    """

    def __init__(self, names: Mapping[ResourceId, str], *, ignore_case: bool = False) -> None:
        self._theirs = {each: encoded(name) for each, name in names.items()}
        self._ignore_case = ignore_case
        self._ours = {self._key(each, name): each.rpartition("/")[2] for each, name in self._theirs.items()}

    def ours(self, resource_id: ResourceId) -> ResourceId:
        """Return the id in the files from the id in the portal."""
        parts = resource_id.split("/")
        for place, _ in objects_in(resource_id):
            # The names before it are already ours, as the name of a partner before that of its team.
            named = dict(objects_in("/".join(parts)))[place]
            parts[place] = self._our_name(named, parts[place])
        return "/".join(parts)

    def theirs(self, resource_id: ResourceId) -> ResourceId:
        """Return the id in the portal from the id in the files."""
        parts = resource_id.split("/")
        for place, named in objects_in(resource_id):
            name = parts[place]
            parts[place] = self._theirs.get(named, name.removeprefix(_OTHER))
        return "/".join(parts)

    def shadow(self, resource_id: ResourceId) -> ResourceId:
        """Return our id of an object that has in the portal the name of this one in the files."""
        above, _, name = resource_id.rpartition("/")
        return f"{above}/{_OTHER}{name}"

    def _our_name(self, named: ResourceId, name: str) -> str:
        ours = self._ours.get(self._key(named, name))
        if ours is not None:
            return ours
        return f"{_OTHER}{name}" if named in self._theirs or name.startswith(_OTHER) else name

    def _key(self, named: ResourceId, name: str) -> tuple[str, str]:
        """Return what identifies an object by its name in the portal, within its kind or partner."""
        return named.rpartition("/")[0], decoded(name).casefold() if self._ignore_case else name

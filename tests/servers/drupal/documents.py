"""Entities as JSON:API resource objects, as one user sees them."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from tests.servers.drupal.problems import VERSION
from tests.servers.drupal.queries import Query
from tests.servers.drupal.schema import USER
from tests.servers.drupal.site import Entity, Site

_MISSING = {
    "links": {
        "help": {
            "href": "https://www.drupal.org/docs/8/modules/json-api/core-concepts#missing",
            "meta": {"about": "Usage and meaning of the 'missing' resource identifier."},
        }
    }
}


class Documents:
    """The documents of one response."""

    def __init__(self, site: Site, base: str, user: str, query: Query) -> None:
        self._site, self._base, self._user, self._query = site, base, user, query
        self._sparse = {key[0]: {*value.split(",")} for key, value in query.values("fields").items()}
        self._omitted: list[Entity] = []

    def document(self, data: Any, url: str, items: Sequence[Entity] = ()) -> dict[str, Any]:
        """Return a document with these data; `items` are those that `include` begins at."""
        found: dict[str, Any] = {"jsonapi": VERSION, "data": data, "links": {"self": {"href": url}}}
        included = self._included(items)
        if self._query.one("include"):
            found["included"] = [self.resource(each) for each in included]
        if self._omitted:
            found["meta"] = {"omitted": self._omission()}
        return found

    def visible(self, items: Iterable[Entity]) -> list[Entity]:
        """Return the entities that the user sees; the document names the others as omitted."""
        found = [*items]
        self._omitted += [each for each in found if not self._site.sees(self._user, each)]
        return [each for each in found if self._site.sees(self._user, each)]

    def resource(self, found: Entity) -> dict[str, Any]:
        """Return the resource object of an entity."""
        hidden = self._site.hidden(self._user, found)
        attributes = self._attributes(found, hidden)
        relationships = {
            name: self._relationship(found, name)
            for name in found.references
            if name not in hidden and self._wanted(found, name)
        }
        data = {**self.identifier(found), "links": {"self": {"href": self.address(found)}}}
        data["attributes"] = attributes
        return data | ({"relationships": relationships} if relationships else {})

    def _attributes(self, found: Entity, hidden: set[str]) -> dict[str, Any]:
        attributes = {f"drupal_internal__{found.type.key}": found.key, **found.attributes}
        if found.type.versioned:
            attributes["drupal_internal__vid"] = found.version
        attributes = {key: value for key, value in attributes.items() if key not in hidden}
        if found.type is USER:
            attributes["display_name"] = found.attributes["name"] or "Anonymous"
        return {key: value for key, value in attributes.items() if self._wanted(found, key)}

    def _wanted(self, found: Entity, field: str) -> bool:
        return field in self._sparse.get(found.type.name, {field})

    def _relationship(self, found: Entity, name: str) -> dict[str, Any]:
        own, version = self._path(found), self._version(found)
        links = {
            "related": {"href": f"{own}/{name}{version}"},
            "self": {"href": f"{own}/relationships/{name}{version}"},
        }
        return {"data": self.linkage(found, name), "links": links}

    def relationship_document(self, found: Entity, name: str) -> dict[str, Any]:
        """Return the document of a relationship."""
        links = self._relationship(found, name)["links"]
        links["self"] = {"href": f"{self._path(found)}/relationships/{name}"}
        return {"jsonapi": VERSION, "data": self.linkage(found, name), "links": links}

    def linkage(self, found: Entity, name: str) -> Any:
        """Return the identifiers of the entities that a field refers to."""
        reference = found.type.references[name]
        listed = [self._target(reference.target, each) for each in found.references[name]]
        if reference.many:
            return listed
        return listed[0] if listed else None

    def _target(self, type_name: str, entity_id: str) -> dict[str, Any]:
        target = self._site.entities.get(entity_id)
        if target is None:
            return {"type": type_name, "id": "missing", "meta": _MISSING}
        return {**self.identifier(target), "meta": {"drupal_internal__target_id": target.key}}

    @staticmethod
    def identifier(found: Entity) -> dict[str, Any]:
        """Return the identifier of an entity."""
        return {"type": found.type.name, "id": found.id}

    def address(self, found: Entity) -> str:
        """Return the URL of an entity, with its version."""
        return f"{self._path(found)}{self._version(found)}"

    def _path(self, found: Entity) -> str:
        return f"{self._base}/jsonapi/{found.type.entity}/{found.type.bundle}/{found.id}"

    def _version(self, found: Entity) -> str:
        return f"?resourceVersion={quote(f'id:{found.version}')}" if found.type.versioned else ""

    def _included(self, items: Sequence[Entity]) -> list[Entity]:
        found: dict[str, Entity] = {}
        for path in filter(None, self._query.one("include").split(",")):
            level = [*items]
            for name in path.split("."):
                ids = [each for item in level for each in item.references[name]]
                level = self.visible(self._site.entities[each] for each in ids if each in self._site.entities)
                found |= {each.id: each for each in level}
        return [*found.values()]

    def _omission(self) -> dict[str, Any]:
        links: dict[str, Any] = {
            "help": {
                "href": "https://www.drupal.org/docs/8/modules/json-api/filtering#filters-access-control"
            }
        }
        detail = "The current user is not allowed to GET the selected resource."
        for number, each in enumerate(self._omitted):
            links[f"item--{number}"] = {
                "href": self._path(each),
                "meta": {"rel": "item", "detail": detail},
            }
        return {
            "detail": "Some resources have been omitted because of insufficient authorization.",
            "links": links,
        }

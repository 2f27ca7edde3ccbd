"""What requests write: entities and relationships, validated as Drupal validates them."""

from asyncio import sleep
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tests.servers.drupal.problems import InvalidError, ProblemError
from tests.servers.drupal.queries import fields_of
from tests.servers.drupal.schema import USER, ResourceType
from tests.servers.drupal.site import Entity, Site

_TYPES: Final = "The provided type ({}) does not match the destination resource types ({})."


class Changes:
    """The writes of one user. All methods raise ProblemError."""

    def __init__(self, site: Site, user: str) -> None:
        self._site, self._user = site, user

    def create(self, kind: ResourceType, data: Mapping[str, Any]) -> Entity:
        """Create an entity, with the id that the client chose."""
        self._require("create", kind)
        attributes, references = self._fields(kind, data)
        found = self._site.build(kind, self._user, attributes, references)
        self._validate(found)
        if data.get("id") in self._site.entities:
            raise ProblemError(409, "Conflict: Entity already exists.")
        return self._site.store(found, str(data.get("id", "")))

    async def update(self, stored: Entity, data: Mapping[str, Any]) -> Entity:
        """Change an entity: it is loaded, changed and saved as a whole."""
        self._require("edit", stored.type)
        if data.get("id") != stored.id:
            detail = f"The selected entity ({stored.id}) does not match the ID in the payload"
            raise ProblemError(400, f"{detail} ({data.get('id')}).")
        found = stored.copy()
        attributes, references = self._fields(stored.type, data)
        found.attributes |= attributes
        found.references |= references
        self._validate(found)
        await self._saving()
        self._site.revise(found, self._user)
        self._site.entities[found.id] = found
        return found

    def delete(self, found: Entity) -> None:
        """Delete an entity. References to it stay; the relationships of a group go with it."""
        self._require("delete", found.type)
        del self._site.entities[found.id]
        for each in [*self._site.entities.values()]:
            if found.id in each.references.get("gid", ()):
                del self._site.entities[each.id]

    async def relate(self, method: str, stored: Entity, name: str, data: Any) -> tuple[Entity, int]:
        """Add, replace or remove what a field refers to. Return the entity and the status."""
        self._require("edit", stored.type)
        reference = stored.type.references[name]
        given = [self._identifier(each, reference.target) for each in _listed(data)]
        found = stored.copy()
        held = found.references[name]
        if method == "DELETE":
            gone = {*given, *(self._dangling(held) if "missing" in given else ())}
            found.references[name] = [each for each in held if each not in gone]
        else:
            for each in given:
                if each not in self._site.entities:
                    detail = f"The targeted `{reference.target}` resource with ID `{each}` does not exist."
                    raise ProblemError(400, detail)
            kept = held if method == "POST" else []
            found.references[name] = [*dict.fromkeys([*kept, *given])]
        if found.references != stored.references:
            self._validate(found)
            await self._saving()
            found.attributes["changed"] = self._site.timestamp
            self._site.entities[found.id] = found
        status = 204 if method == "DELETE" or {*given} == {*found.references[name]} else 200
        return found, status

    async def _saving(self) -> None:
        """Let other requests load the same entity in the meantime; the last one that saves it wins."""
        if self._site.interleaves:
            await sleep(0)

    def _dangling(self, ids: Iterable[str]) -> list[str]:
        return [each for each in ids if each not in self._site.entities]

    def _require(self, action: str, kind: ResourceType) -> None:
        if not self._site.may_write(self._user, action, kind):
            permission = "administer users" if kind is USER else f"{action} any {kind.bundle} content"
            raise ProblemError(403, f"The '{permission}' permission is required.")

    def _fields(
        self, kind: ResourceType, data: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, list[str]]]:
        attributes, relationships = dict(data.get("attributes", {})), data.get("relationships", {})
        known = fields_of(self._site, kind)
        for what, names in (("attribute", attributes), ("relationship", relationships)):
            for name in names:
                if name not in known:
                    detail = f"The {what} {name} does not exist on the {kind.name} resource type."
                    raise ProblemError(422, detail)
        return attributes, {
            name: [*self._targets(kind, name, value["data"])] for name, value in relationships.items()
        }

    def _targets(self, kind: ResourceType, name: str, data: Any) -> Iterator[str]:
        target = kind.references[name].target
        for each in _listed(data):
            entity_id = self._identifier(each, target)
            if entity_id not in self._site.entities:
                detail = f"The resource identified by `{target}:{entity_id}` (given as a relationship item)"
                raise ProblemError(404, f"{detail} could not be found.")
            yield entity_id

    @staticmethod
    def _identifier(data: Mapping[str, Any], target: str) -> str:
        if data["type"] != target:
            raise ProblemError(400, _TYPES.format(data["type"], target))
        return str(data["id"])

    def _validate(self, found: Entity) -> None:
        violations = [*self._violations(found)]
        if violations:
            raise InvalidError(violations)

    def _violations(self, found: Entity) -> Iterator[tuple[str, str]]:
        label = found.type.label
        if label and not found.attributes.get(label):
            yield label, "This value should not be null."
        elif label and len(found.attributes[label]) > 255:
            yield label, f"{label.title()}: may not be longer than 255 characters."
        for name, reference in found.type.references.items():
            if reference.required and not found.references[name]:
                yield name, "This value should not be null."
            for delta, each in enumerate(found.references[name]):
                if message := self._unreferenceable(reference.target, each):
                    yield f"{name}.{delta}.target_id", message
        if found.type is USER:
            yield from self._taken(found)
        yield from self._repeated(found)

    def _unreferenceable(self, target: str, entity_id: str) -> str:
        """Return why a reference is not accepted, also one that was there before."""
        referred, entity_type = self._site.entities.get(entity_id), target.partition("--")[0]
        if referred is None:
            return f"The referenced entity ({entity_type}: {entity_id}) does not exist."
        blocked = referred.type is USER and not referred.attributes["status"]
        if blocked and not self._site.may(self._user, "administer users"):
            return f"This entity ({entity_type}: {referred.key}) cannot be referenced."
        return ""

    def _taken(self, found: Entity) -> Iterator[tuple[str, str]]:
        others = [each for each in self._site.of_type(USER.name) if each.id != found.id]
        for field, what in (("name", "username"), ("mail", "email address")):
            value = found.attributes[field] or ""
            if value and value.casefold() in {(each.attributes[field] or "").casefold() for each in others}:
                yield field, f"The {what} {value} is already taken."

    def _repeated(self, found: Entity) -> Iterator[tuple[str, str]]:
        """Yield a violation where a user is in a group twice."""
        if "gid" not in found.references:
            return
        ends = [found.references["gid"], found.references["entity_id"]]
        for each in self._site.of_type(found.type.name):
            if each.id != found.id and [each.references["gid"], each.references["entity_id"]] == ends:
                yield "entity_id", "The user is already a member of the group."


def _listed(data: Any) -> list[Mapping[str, Any]]:
    if data is None:
        return []
    return data if isinstance(data, list) else [data]

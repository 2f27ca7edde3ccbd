"""The state of a Drupal site: entities, accounts with their permissions, and who may see and do what."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

import msgspec

from tests.servers.drupal.schema import USER, USER_ROLE, ResourceType

_EPOCH: Final = "1970-01-01T00:00:00+00:00"
_START: Final = datetime(2026, 11, 24, 4, 24, 25, tzinfo=UTC)
_ADMINISTER: Final = "administer users"


class Entity(msgspec.Struct):
    """An entity; `references` have the uuids of others by field, `version` is that of its revision."""

    type: ResourceType
    id: str
    key: Any
    version: int
    attributes: dict[str, Any]
    references: dict[str, list[str]]

    def copy(self) -> "Entity":
        """Return a copy, as a request loads it."""
        return msgspec.structs.replace(
            self,
            attributes=dict(self.attributes),
            references={name: list(ids) for name, ids in self.references.items()},
        )


class Site:
    """A site; the user `admin` may do everything, others what their permissions say.

    `page_size` is the largest page: 50 in Drupal. `read_only` is the default of its JSON:API module. With
    `interleaves`, two requests at the same time can load the same entity before one of them saves it.
    """

    def __init__(self, *types: ResourceType, page_size: int = 50) -> None:
        self.page_size = page_size
        self.read_only = False
        self.interleaves = True
        self.types = {each.name: each for each in (USER, USER_ROLE, *types)}
        # The types of core that have no entities here.
        self.other_types: tuple[str, ...] = ()
        self.entities: dict[str, Entity] = {}
        self.passwords: dict[str, str] = {}
        self.clients: dict[str, tuple[str, str]] = {}
        self.tokens: dict[str, str] = {}
        self.permissions: dict[str, set[str]] = {}
        self.now = _START
        self.new_id: Callable[[], str] = lambda: str(uuid.uuid4())
        self._keys: dict[str, Iterator[int]] = {}
        self._versions = count(1)
        self.admin_id = ""
        self.anonymous = self._add_account("", key=0)
        self.admin = self.add_user("admin", password="admin")
        self.admin_id = self.admin.id

    def add_user(
        self, name: str, mail: str | None = None, password: str = "", permissions: Iterable[str] = ()
    ) -> Entity:
        """Add an account, which can log in if it has a password."""
        found = self._add_account(name, mail=mail)
        if password:
            self.passwords[name] = password
        self.permissions[found.id] = {*permissions}
        return found

    def _add_account(self, name: str, mail: str | None = None, key: int | None = None) -> Entity:
        return self.add("user--user", {"name": name, "mail": mail, "status": name != ""}, key=key)

    def add(
        self,
        type_name: str,
        attributes: Mapping[str, Any],
        references: Mapping[str, Iterable[str]] = {},
        *,
        entity_id: str = "",
        key: Any = None,
    ) -> Entity:
        """Add an entity, without checks."""
        found = self.build(self.types[type_name], self.admin_id, attributes, references)
        return self.store(found, entity_id, key)

    def build(
        self,
        kind: ResourceType,
        author: str,
        attributes: Mapping[str, Any],
        references: Mapping[str, Iterable[str]],
    ) -> Entity:
        """Return a new entity that is not stored yet."""
        found = Entity(kind, "", None, 0, {**self._defaults(kind), **attributes}, {})
        found.references = {name: [] for name in kind.references}
        if kind.versioned:
            bundles = self.of_type(f"{kind.entity}_type--{kind.entity}_type")
            found.references |= {
                "node_type": [each.id for each in bundles if each.key == kind.bundle],
                "uid": [author],
                "revision_uid": [author],
            }
        found.references |= {name: [*ids] for name, ids in references.items()}
        return found

    def store(self, found: Entity, entity_id: str = "", key: Any = None) -> Entity:
        """Store a new entity."""
        found.id = entity_id or self.new_id()
        found.key = self._next_key(found.type.entity) if key is None else key
        found.version = next(self._versions) if found.type.versioned else 0
        self.entities[found.id] = found
        return found

    def _next_key(self, entity: str) -> int:
        return next(self._keys.setdefault(entity, count(1)))

    def _defaults(self, kind: ResourceType) -> dict[str, Any]:
        now = self.timestamp
        if kind.config:
            return {}
        common = {"langcode": "en", "created": now, "changed": now, "default_langcode": True}
        if kind is USER:
            languages = {"preferred_langcode": "en", "preferred_admin_langcode": None}
            times = {"access": _EPOCH, "login": _EPOCH}
            return (
                common | languages | times | {"mail": None, "timezone": "UTC", "status": True, "init": None}
            )
        if kind.versioned:
            revision = {
                "revision_timestamp": now,
                "revision_log": None,
                "revision_translation_affected": True,
            }
            common |= revision | {"status": True, "promote": True, "sticky": False}
        return common | dict(kind.fields)

    def revise(self, found: Entity, author: str) -> None:
        """Save a new revision of an entity that was changed."""
        found.attributes["changed"] = self.timestamp
        if found.type.versioned:
            found.version = next(self._versions)
            found.attributes["revision_timestamp"] = self.timestamp
            found.references["revision_uid"] = [author]

    @property
    def timestamp(self) -> str:
        """The time, as Drupal writes it."""
        return self.now.isoformat()

    def passes(self, seconds: int) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def of_type(self, name: str) -> list[Entity]:
        """Return the entities of a type."""
        return [each for each in self.entities.values() if each.type.name == name]

    def user(self, mail: str) -> Entity:
        """Return the user with an address."""
        [found] = [each for each in self.of_type("user--user") if each.attributes["mail"] == mail]
        return found

    def may(self, user: str, permission: str) -> bool:
        """Return whether a user has a permission."""
        return user == self.admin_id or permission in self.permissions.get(user, ())

    def may_write(self, user: str, action: str, kind: ResourceType) -> bool:
        """Return whether a user may create, edit or delete entities of a type."""
        if kind is USER:
            return self.may(user, _ADMINISTER)
        kept = "create" if action == "create" else f"{action} any"
        return self.may(user, f"{kept} {kind.bundle} content")

    def sees(self, user: str, found: Entity) -> bool:
        """Return whether a user may see an entity."""
        if found.type.versioned and not found.attributes["status"]:
            return self.may(user, "bypass node access")
        return True

    def hidden(self, user: str, found: Entity) -> set[str]:
        """Return the names of the fields of an account that a user may not see."""
        if found.type is not USER or self.may(user, _ADMINISTER):
            return set()
        private = {"status", "access", "login", "init", "roles"}
        if found.id == user:
            return private
        if found is self.anonymous or not found.attributes["status"]:
            return {*found.attributes, "roles", "drupal_internal__uid"}
        private |= {"preferred_langcode", "preferred_admin_langcode", "timezone"}
        return private if self.may(user, "view user email addresses") else private | {"mail"}

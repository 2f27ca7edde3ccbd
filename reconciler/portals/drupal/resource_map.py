"""What a Drupal site calls the objects: the starting map of a profile, and what the settings change in it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.model.drupal_map import DrupalMap

_Section: TypeAlias = Mapping[str, Any]

# Where a relationship of an edge is: the kind of its owner, and what it refers to.
MEMBERS: Final = "members"
ADMINS: Final = "admins"
TEAMS: Final = "teams"
DEVELOPERS: Final = "developers"
APIS: Final = "apis"
PRODUCTS: Final = "products"
CONTENTS: Final = "contents"

_LABEL: Final = "field_reconciler_owner"
# Apiboost publishes no names of types and fields: these are a guess that each site has to check.
_PROFILES: Final[Mapping[str, Mapping[str, _Section]]] = {
    "apiboost": {
        "user": {"type": "user--user", "mail": "mail", "name": "name"},
        "api": {"type": "node--api_product"},
        "team": {"type": "node--team", "members": "field_members", "admins": "field_admins"},
        "group": {
            "type": "node--access_group",
            "apis": "field_api_products",
            "teams": "field_teams",
            "developers": "field_developers",
        },
    }
}
# What a section without these keys has.
_USUAL: Final[Mapping[str, _Section]] = {
    "partner": {"owner_label": _LABEL},
    "team": {"owner_label": _LABEL, "partner": "field_partner"},
    "membership": {
        "team": "gid",
        "person": "entity_id",
        "roles": "group_roles",
        "role_type": "group_role--group_role",
    },
    "product": {"owner_label": _LABEL, "apis": "field_apis"},
    "group": {"owner_label": _LABEL},
}
# The attributes with the number and the name of an entity, by entity type.
_KEYS: Final = {"node": "nid", "user": "uid", "taxonomy_term": "tid"}
_NAMES: Final = {"group": "label", "taxonomy_term": "name"}


class TypeMap(msgspec.Struct, frozen=True):
    """One resource type, sorted by `key`; `name` and `owner_label` are attributes, `fields` too, by field."""

    kind: str
    type: str
    key: str
    name: str
    owner_label: str = ""
    fields: Mapping[str, str] = {}

    @property
    def attributes(self) -> list[str]:
        """The attributes that are read."""
        return [*filter(None, (self.name, self.owner_label, *self.fields.values()))]


class Reference(msgspec.Struct, frozen=True):
    """A relationship of an object of a kind with several others of a type."""

    owner: str
    name: str
    target: str


class MembershipMap(msgspec.Struct, frozen=True):
    """Memberships that are entities: their type, and their relationships."""

    type: str
    key: str
    team: str
    person: str
    roles: str
    role_type: str
    admin_role: str

    @property
    def has_admins(self) -> bool:
        """Whether members have roles."""
        return bool(self.roles and self.admin_role)


class ResourceMap(msgspec.Struct, frozen=True):
    """What a site calls all objects.

    `objects` are those with names, by kind. `references` are the relationships of edges. `partner` is the
    relationship of a team with its partner; without it, names of teams begin with that of their partner.
    """

    users: TypeMap
    login: str
    apis: TypeMap
    objects: Mapping[str, TypeMap]
    references: Mapping[str, Reference]
    partner: str = ""
    memberships: MembershipMap | None = None

    @property
    def has_admins(self) -> bool:
        """Whether teams have admins."""
        return self.memberships.has_admins if self.memberships else ADMINS in self.references

    def relationships(self, kind: str) -> list[str]:
        """Return the relationships of a kind that are read."""
        own = [each.name for each in self.references.values() if each.owner == kind]
        return [*own, self.partner] if kind == "team" and self.partner else own


def resource_map(profile: str, changes: DrupalMap | None) -> ResourceMap:
    """Return the map of a profile with the changes of the settings."""
    given = changes.model_dump(exclude_none=True) if changes else {}
    sections = {
        name: {**_USUAL.get(name, {}), **_PROFILES[profile].get(name, {}), **given.get(name, {})}
        for name in DrupalMap.model_fields
    }
    objects = {
        kind: _type(kind, sections[name])
        for kind, name in (
            ("partner", "partner"),
            ("team", "team"),
            ("api-product", "product"),
            ("access-group", "group"),
        )
        if sections[name].get("type")
    }
    membership = sections["membership"]
    return ResourceMap(
        users=_type("user", {"key": "", **sections["user"], "name": sections["user"]["mail"]}),
        login=sections["user"]["name"],
        apis=_type("api", {**sections["api"], "fields": _visibility(sections["api"])}),
        objects=objects,
        references={
            role: each for role, each in _references(sections) if each.name and each.owner in objects
        },
        partner=sections["team"]["partner"] if "partner" in objects else "",
        memberships=_memberships(membership) if membership.get("type") else None,
    )


def _type(kind: str, section: _Section) -> TypeMap:
    type_name = section["type"]
    return TypeMap(
        kind,
        type_name,
        _key(section),
        section.get("name") or _NAMES.get(_entity(type_name), "title"),
        section.get("owner_label", ""),
        {field: name for field, name in section.get("fields", {}).items() if name},
    )


def _memberships(section: _Section) -> MembershipMap:
    names = {name: section.get(name, "") for name in MembershipMap.__struct_fields__}
    return MembershipMap(**{**names, "key": _key(section)})


def _visibility(section: _Section) -> dict[str, str]:
    return {"visibility": section["visibility"]} if section.get("visibility") else {}


def _key(section: _Section) -> str:
    return section.get("key") or f"drupal_internal__{_KEYS.get(_entity(section['type']), 'id')}"


def _entity(type_name: str) -> str:
    return type_name.partition("--")[0]


def _references(sections: Mapping[str, _Section]) -> Iterator[tuple[str, Reference]]:
    """Yield the relationships by what they are for."""
    user, team, group = sections["user"]["type"], sections["team"], sections["group"]
    product, api = sections["product"], sections["api"]["type"]
    if not sections["membership"].get("type"):
        yield MEMBERS, Reference("team", team.get("members", ""), user)
        yield ADMINS, Reference("team", team.get("admins", ""), user)
    yield TEAMS, Reference("access-group", group.get("teams", ""), team["type"])
    yield DEVELOPERS, Reference("access-group", group.get("developers", ""), user)
    yield APIS, Reference("access-group", group.get("apis", ""), api)
    if product.get("type"):
        yield PRODUCTS, Reference("access-group", group.get("products", ""), product["type"])
        yield CONTENTS, Reference("api-product", product["apis"], api)

"""Translate a realm into resources: groups, composite roles, and role mappings."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, TypeAlias, get_args

import msgspec

from reconciler.errors import InputError
from reconciler.model.document import Visibility
from reconciler.model.identity import canonical_email
from reconciler.model.ids import encoded
from reconciler.model.resource import PARTIAL, OfferedApi, Resource, ResourceId
from reconciler.portals.keycloak.names import LEVELS, role_name, split_role
from reconciler.portals.keycloak.realm import Realm, Team
from reconciler.portals.keycloak.schemas import KIND, OWNER, VISIBILITY, Group, Role, User, first

_PRODUCT: Final = "api-product"
_GROUP: Final = "access-group"
_BUILT_IN: Final = frozenset({"offline_access", "uma_authorization"})


class Key(msgspec.Struct, frozen=True):
    """The id of an object in Keycloak, or those of both ends of an edge. Keycloak has no versions."""

    id: str
    version: str | None = None


Mapped: TypeAlias = tuple[Resource, Key]


def mapped(realm: Realm) -> tuple[dict[ResourceId, Resource], dict[ResourceId, Key]]:
    """Return the resources, and their ids in Keycloak, by resource id."""
    found: dict[ResourceId, Resource] = {}
    native: dict[ResourceId, Key] = {}
    for resource, key in (*_people(realm), *_contents(realm), *_grants(realm)):
        found[resource.id], native[resource.id] = resource, key
    return found, native


def offered_apis(realm: Realm) -> dict[str, OfferedApi]:
    """Return the APIs: roles that contain no others. Each is restricted to those who have its role."""
    names = (encoded(role.name) for role in realm.roles.values() if kind_of_role(role) == "api")
    return {name: OfferedApi(name, "restricted") for name in names}


def kind_of_role(role: Role) -> str | None:
    """Return access-group, api-product or api; None for other roles, and for those of the level `view`."""
    if split_role(role.name)[1] == "view" or role.name.startswith("default-roles-") or role.name in _BUILT_IN:
        return None
    stored = first(role.attributes, KIND)
    if stored in {_PRODUCT, _GROUP}:
        return stored
    return _GROUP if role.composite else "api"


def person_of(user: User) -> str:
    """Return the person of a user: the address, or one in a reserved domain for a user without address."""
    try:
        return encoded(canonical_email(user.email or f"{user.username}@users.invalid"))
    except InputError:
        return encoded(f"{user.id}@users.invalid")


def role_fields(role: Role, kind: str) -> dict[str, Any]:
    """Return the managed fields of a product or group from its role."""
    fields: dict[str, Any] = {"description": role.description} if role.description else {}
    if kind == _PRODUCT:
        stored = first(role.attributes, VISIBILITY)
        fields["visibility"] = stored if stored in get_args(Visibility) else "restricted"
    return fields


def highest(roles: Iterable[str]) -> dict[str, str]:
    """Return the highest level for each API, product or group that roles give."""
    levels: dict[str, str] = {}
    for role in roles:
        name, level = split_role(role)
        if level == "consume" or name not in levels:
            levels[name] = level
    return levels


def _people(realm: Realm) -> Iterator[Mapped]:
    for partner in realm.partners:
        name = encoded(partner.name)
        yield Resource(f"partner/{name}", {}, _owner(partner)), Key(partner.id)
        for team in realm.teams.get(partner.id, ()):
            yield from _team(f"{name}/{encoded(team.group.name)}", team)


def _team(name: str, team: Team) -> Iterator[Mapped]:
    yield Resource(f"team/{name}", {}, _owner(team.group)), Key(team.group.id)
    roles = {user.id: ("member", user) for user in team.members}
    roles |= {user.id: ("admin", user) for user in team.admin_members}
    for role, user in roles.values():
        state = "invited" if user.required_actions else "active"
        resource_id = f"membership/{name}/{person_of(user)}"
        yield Resource(resource_id, {"role": role}, None, state), Key(f"{team.group.id}/{user.id}")


def _contents(realm: Realm) -> Iterator[Mapped]:
    for role in realm.roles.values():
        kind = kind_of_role(role)
        if kind in {_GROUP, _PRODUCT}:
            fields = role_fields(role, str(kind))
            state = None if role_name(role.name, "view") in realm.roles else PARTIAL
            owner = first(role.attributes, OWNER)
            yield Resource(f"{kind}/{encoded(role.name)}", fields, owner, state), Key(role.id)
            yield from _items(realm, role, str(kind))


def _items(realm: Realm, role: Role, kind: str) -> Iterator[Mapped]:
    """Yield what a product or group contains. It is partial if only the role of one level contains it."""
    levels: dict[str, set[str]] = {}
    for level in LEVELS:
        for contained in realm.composites.get(role_name(role.name, level), ()):
            name, of_level = split_role(contained)
            if of_level == level:
                levels.setdefault(name, set()).add(level)
    for name, found in levels.items():
        inner = realm.roles.get(name)
        resource_id = _item_id(
            kind, encoded(role.name), kind_of_role(inner) if inner else None, encoded(name)
        )
        if inner is not None and resource_id is not None:
            yield Resource(resource_id, {}, None, _state(found)), Key(f"{role.id}/{inner.id}")


def _state(levels: Collection[str]) -> str | None:
    return None if len(levels) == len(LEVELS) else PARTIAL


def _item_id(kind: str, container: str, sort: str | None, name: str) -> str | None:
    if kind == _PRODUCT:
        return f"product-item/{container}/{name}" if sort == "api" else None
    if sort == _PRODUCT:
        return f"access-item/{container}/product/{name}"
    return f"access-item/{container}/api/{name}" if sort == "api" else None


def _grants(realm: Realm) -> Iterator[Mapped]:
    groups = {role.name: role for role in realm.roles.values() if kind_of_role(role) == _GROUP}
    for partner in realm.partners:
        for team in realm.teams.get(partner.id, ()):
            holder = f"team/{encoded(partner.name)}/{encoded(team.group.name)}"
            # The subgroups of a group have its roles.
            for name, level in highest((*partner.realm_roles, *team.group.realm_roles)).items():
                if name in groups:
                    yield _grant(groups[name], holder, level, team.group.id)
    for role in groups.values():
        people: dict[str, tuple[str, User]] = {}
        for level in LEVELS:
            users = realm.users.get(role_name(role.name, level), ())
            people |= {person_of(user): (level, user) for user in users}
        for person, (level, user) in people.items():
            yield _grant(role, f"developer/{person}", level, user.id)


def _grant(role: Role, holder: str, level: str, holder_id: str) -> Mapped:
    fields: dict[str, Any] = {"level": level}
    return Resource(f"grant/{encoded(role.name)}/{holder}", fields), Key(f"{role.id}/{holder_id}")


def _owner(group: Group) -> str | None:
    return first(group.attributes, OWNER)

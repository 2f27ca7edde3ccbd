"""Translate a realm into resources: groups, composite roles, and role mappings."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any, get_args

from reconciler.errors import InputError
from reconciler.model.document import Visibility
from reconciler.model.identity import canonical_email
from reconciler.model.ids import encoded
from reconciler.model.resource import DERIVED, PARTIAL, OfferedApi, Resource, ResourceId
from reconciler.portals.keycloak.effective import Kinds, beside_groups, highest, levels_of_apis
from reconciler.portals.keycloak.names import LEVELS, role_name, split_role
from reconciler.portals.keycloak.realm import OtherGroup, Realm, Team
from reconciler.portals.keycloak.role_kinds import API, PRODUCT, is_default_role, kinds_by_name
from reconciler.portals.keycloak.schemas import OWNER, VISIBILITY, Group, Role, User, first
from reconciler.portals.unversioned import Key, Mapped, by_id


def mapped(realm: Realm) -> tuple[dict[ResourceId, Resource], dict[ResourceId, Key]]:
    """Return the resources, and their ids in Keycloak, by resource id."""
    return by_id((*_people(realm), *_contents(realm), *_grants(realm)))


def offered_apis(realm: Realm) -> dict[str, OfferedApi]:
    """Return the APIs: roles that contain no others.

    Each is restricted to those who have its role, or open to all users if the default role contains it.
    """
    kinds = kinds_by_name(realm.roles)
    default = (role.name for role in realm.roles.values() if is_default_role(role))
    everyone = levels_of_apis(realm, default, kinds)
    return {
        encoded(name): OfferedApi(encoded(name), "organization" if name in everyone else "restricted")
        for name, (kind, role) in kinds.items()
        if kind == API and role.name == name
    }


def person_of(user: User) -> str:
    """Return the person of a user: the address, or one in a reserved domain for a user without address."""
    try:
        return encoded(canonical_email(user.email or f"{user.username}@users.invalid"))
    except InputError:
        return encoded(f"{user.id}@users.invalid")


def role_fields(role: Role, kind: str) -> dict[str, Any]:
    """Return the managed fields of a product or group from its role."""
    fields: dict[str, Any] = {"description": role.description} if role.description else {}
    if kind == PRODUCT:
        stored = first(role.attributes, VISIBILITY)
        fields["visibility"] = stored if stored in get_args(Visibility) else "restricted"
    return fields


def _people(realm: Realm) -> Iterator[Mapped]:
    for partner in realm.partners:
        name = encoded(partner.name)
        yield Resource(f"partner/{name}", {}, _owner(partner)), Key(partner.id)
        # If a team has the name of another group, the team is the one that is returned.
        for other in realm.others.get(partner.id, ()):
            yield from _other_group(f"{name}/{encoded(other.name)}", other)
        for team in realm.teams.get(partner.id, ()):
            yield from _team(f"{name}/{encoded(team.group.name)}", team)


def _other_group(name: str, other: OtherGroup) -> Iterator[Mapped]:
    """Yield a group that is not a team as an unmanaged team, so that the access of its members is shown."""
    yield Resource(f"team/{name}", {}, state=DERIVED), Key(other.group.id)
    for user in other.members:
        yield _member(name, other.group, user, "member")


def _team(name: str, team: Team) -> Iterator[Mapped]:
    yield Resource(f"team/{name}", {}, _owner(team.group)), Key(team.group.id)
    roles = {user.id: ("member", user) for user in team.members}
    roles |= {user.id: ("admin", user) for user in team.admin_members}
    for role, user in roles.values():
        yield _member(name, team.group, user, role)


def _member(team: str, group: Group, user: User, role: str) -> Mapped:
    state = "invited" if user.required_actions else "active"
    resource_id = f"membership/{team}/{person_of(user)}"
    return Resource(resource_id, {"role": role}, None, state), Key(f"{group.id}/{user.id}")


def _contents(realm: Realm) -> Iterator[Mapped]:
    kinds = kinds_by_name(realm.roles)
    for name, (kind, role) in kinds.items():
        if kind != API:
            state = _state({level for level in LEVELS if role_name(name, level) in realm.roles})
            owner = first(role.attributes, OWNER)
            yield Resource(f"{kind}/{encoded(name)}", role_fields(role, kind), owner, state), Key(role.id)
            yield from _items(realm, name, kinds)


def _items(realm: Realm, name: str, kinds: Kinds) -> Iterator[Mapped]:
    """Yield what a product or group contains. It is partial if only the role of one level contains it."""
    kind, outer = kinds[name]
    found = {level: _contents_of(realm, role_name(name, level), kinds) for level in LEVELS}
    for inner in dict.fromkeys(chain.from_iterable(found.values())):
        sort, role = kinds[inner]
        resource_id = _item_id(kind, encoded(name), sort, encoded(inner))
        state = _state({level for level in LEVELS if inner in found[level]})
        yield Resource(resource_id, {}, None, state), Key(f"{outer.id}/{role.id}")


def _contents_of(realm: Realm, outer: str, kinds: Kinds) -> list[str]:
    """Return the APIs and products in a role, also those in a group, or in a product of a product."""
    kind = kinds[split_role(outer)[0]][0]
    found: list[str] = []
    passed, waiting = {outer}, [outer]
    while waiting:
        for role in sorted(realm.composites.get(waiting.pop(), frozenset()) - passed):
            passed.add(role)
            name = split_role(role)[0]
            sort = kinds[name][0] if name in kinds else None
            if sort == API or (sort == PRODUCT and kind != PRODUCT):
                found.append(name)
            else:
                waiting.append(role)
    return found


def _state(levels: Collection[str]) -> str | None:
    return None if len(levels) == len(LEVELS) else PARTIAL


def _item_id(kind: str, container: str, sort: str, name: str) -> str:
    if kind == PRODUCT:
        return f"product-item/{container}/{name}"
    return f"access-item/{container}/{'product' if sort == PRODUCT else 'api'}/{name}"


def _grants(realm: Realm) -> Iterator[Mapped]:
    kinds = kinds_by_name(realm.roles)
    for partner in realm.partners:
        prefix = f"team/{encoded(partner.name)}/"
        for other in realm.others.get(partner.id, ()):
            yield from _of_holder(prefix + encoded(other.name), other.roles, other.group.id, realm, kinds)
        for team in realm.teams.get(partner.id, ()):
            # The subgroups of a group have its roles.
            roles = (*partner.realm_roles, *team.group.realm_roles)
            yield from _of_holder(prefix + encoded(team.group.name), roles, team.group.id, realm, kinds)
    roles_of: dict[str, tuple[User, list[str]]] = {}
    for role, users in realm.users.items():
        for user in users:
            roles_of.setdefault(user.id, (user, []))[1].append(role)
    for user, granted in roles_of.values():
        yield from _of_holder(f"developer/{person_of(user)}", granted, user.id, realm, kinds)


def _of_holder(
    holder: str, roles: Iterable[str], holder_id: str, realm: Realm, kinds: Kinds
) -> Iterator[Mapped]:
    """Yield what roles give a team or person.

    A product that is granted itself is shown as an unmanaged access group that contains it.
    """
    roles = tuple(roles)
    for name, level in highest(roles).items():
        if name not in kinds or kinds[name][0] == API:
            continue
        kind, role = kinds[name]
        what = encoded(name)
        if kind == PRODUCT:
            yield Resource(f"access-group/{what}", {}, state=DERIVED), Key(role.id)
            yield Resource(f"access-item/{what}/product/{what}", {}), Key(f"{role.id}/{role.id}")
        yield Resource(f"grant/{what}/{holder}", {"level": level}), Key(f"{role.id}/{holder_id}")
    for name, level in beside_groups(realm, roles, kinds).items():
        key = Key(f"{kinds[name][1].id}/{holder_id}")
        yield Resource(f"api-grant/{encoded(name)}/{holder}", {"level": level}), key


def _owner(group: Group) -> str | None:
    return first(group.attributes, OWNER)

"""Translate a site into resources: objects with names, and what they refer to."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, get_args

import msgspec

from reconciler.errors import InputError
from reconciler.model.counting import counted
from reconciler.model.document import Visibility
from reconciler.model.identity import canonical_email
from reconciler.model.ids import encoded, name_of
from reconciler.model.resource import OfferedApi, Resource, ResourceId
from reconciler.portals.drupal.names import separated
from reconciler.portals.drupal.resource_map import (
    ADMINS,
    APIS,
    DEVELOPERS,
    MEMBERS,
    PRODUCTS,
    TEAMS,
    ResourceMap,
    TypeMap,
)
from reconciler.portals.drupal.schemas import MISSING, Item
from reconciler.portals.drupal.site import APIS as API_LIST
from reconciler.portals.drupal.site import MEMBERSHIPS, ROLES, USERS, Site
from reconciler.portals.unversioned import Key

_UNNAMED: Final = "@users.invalid"


class Mapped(msgspec.Struct):
    """A site as resources.

    `objects` are the uuids of named objects by id, `people` those of accounts by encoded address, `apis` by
    encoded name. `memberships` are the uuids of memberships that are objects. `admin_role` is the role of
    admins, if it is an object.
    """

    resources: dict[ResourceId, Resource] = msgspec.field(default_factory=dict)
    native: dict[ResourceId, Key] = msgspec.field(default_factory=dict)
    offered: dict[str, OfferedApi] = msgspec.field(default_factory=dict)
    objects: dict[ResourceId, str] = msgspec.field(default_factory=dict)
    people: dict[str, list[str]] = msgspec.field(default_factory=dict)
    apis: dict[str, str] = msgspec.field(default_factory=dict)
    memberships: dict[ResourceId, str] = msgspec.field(default_factory=dict)
    admin_role: str = ""
    problem: str = ""


def mapped(site: Site, site_map: ResourceMap, label: str) -> Mapped:
    """Return the resources of a site; of several objects with one name, one with this label has it."""
    return _Mapper(site, site_map).mapped(label)


def fields_of(item: Item, found: TypeMap) -> dict[str, Any]:
    """Return the managed fields of an object."""
    values = {field: item.attributes.get(name) for field, name in found.fields.items()}
    return {field: value for field, value in values.items() if value not in (None, "", [])}


def owner_of(item: Item, found: TypeMap) -> str | None:
    """Return the owner label of an object."""
    return item.attributes.get(found.owner_label) or None


def person_of(item: Item, users: TypeMap) -> str:
    """Return the encoded address of an account, or one in a reserved domain if it has none."""
    try:
        return encoded(canonical_email(item.attributes.get(users.name) or f"{item.id}{_UNNAMED}"))
    except InputError:
        return encoded(f"{item.id}{_UNNAMED}")


def is_anonymous(item: Item, users: TypeMap, *, first: bool) -> bool:
    """Return whether an account is the visitor, number 0: the first one, whose number may be hidden."""
    return item.attributes.get(users.key, 0 if first else None) == 0


class _Mapper:
    def __init__(self, site: Site, site_map: ResourceMap) -> None:
        self._site, self._map = site, site_map
        self._found = Mapped()
        self._person: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._ids: dict[str, ResourceId] = {}
        self._api: dict[str, str] = {}
        self._unknown: set[str] = set()
        self._without_address: set[str] = set()

    def mapped(self, label: str) -> Mapped:
        self._people()
        self._offered()
        for kind, found in self._map.objects.items():
            self._objects(kind, found, label)
        self._edges()
        self._memberships()
        self._found.problem = "; ".join((*filter(None, (self._site.problem,)), *self._problems()))
        return self._found

    def _people(self) -> None:
        users = self._map.users
        for number, item in enumerate(self._site.list(USERS)):
            if is_anonymous(item, users, first=number == 0):
                continue
            self._person[item.id] = person_of(item, users)
            if users.name not in item.attributes:
                self._hidden.add(item.id)
                # Blocked accounts show nothing; others show all but the address without the permission.
                self._without_address |= {item.id} if users.key in item.attributes else set()
            else:
                self._found.people.setdefault(self._person[item.id], []).append(item.id)

    def _offered(self) -> None:
        found = self._map.apis
        for item in self._site.list(API_LIST):
            name = encoded(_text(item, found.name))
            visibility: Any = fields_of(item, found).get("visibility")
            if visibility not in get_args(Visibility):
                visibility = "restricted"
            self._found.offered.setdefault(name, OfferedApi(name, visibility))
            self._found.apis.setdefault(name, item.id)
            self._api[item.id] = name

    def _objects(self, kind: str, found: TypeMap, label: str) -> None:
        for item in _by_owner(self._site.list(kind), found, label):
            resource_id = self._id(kind, _text(item, found.name), item)
            if resource_id in self._found.resources:
                resource_id = f"{resource_id} ({item.id})"
            self._ids[item.id] = resource_id
            self._found.objects[resource_id] = item.id
            owner = owner_of(item, found) if found.owner_label else None
            self._add(Resource(resource_id, fields_of(item, found), owner), item.id)

    def _id(self, kind: str, name: str, item: Item) -> ResourceId:
        if kind != "team":
            return f"{kind}/{encoded(name)}"
        partners = [self._ids[each] for each in item.ids(self._map.partner) if each in self._ids]
        if partners:
            return f"team/{name_of(partners[0])}/{encoded(name)}"
        partner, team = separated(name)
        return f"team/{encoded(partner)}/{encoded(team)}"

    def _edges(self) -> None:
        for role, each in self._map.references.items():
            for owner in self._site.list(each.owner):
                for target in owner.ids(each.name):
                    name = self._target(role, target)
                    if name and (resource := self._edge(role, self._ids[owner.id], name)):
                        self._add(resource, f"{owner.id}/{target}")

    def _target(self, role: str, target: str) -> str | None:
        """Return what an edge refers to: a person, an API or an id; None where it was deleted."""
        if target == MISSING:
            return None
        known = {MEMBERS: self._person, ADMINS: self._person, DEVELOPERS: self._person}.get(role)
        known = known or ({TEAMS: self._ids, PRODUCTS: self._ids}.get(role) or self._api)
        if target in self._hidden:
            self._without_address.add(target)
        if target not in known:
            self._unknown.add(target)
        return known.get(target)

    def _edge(self, role: str, owner: ResourceId, target: str) -> Resource | None:
        name = name_of(owner)
        if role in {MEMBERS, ADMINS}:
            return self._membership(f"membership/{name}/{target}", is_admin=role == ADMINS)
        ids = {
            TEAMS: f"grant/{name}/{target}",
            DEVELOPERS: f"grant/{name}/developer/{target}",
            APIS: f"access-item/{name}/api/{target}",
            PRODUCTS: f"access-item/{name}/product/{name_of(target)}",
        }
        return Resource(ids.get(role, f"product-item/{name}/{target}"), {})

    def _membership(self, resource_id: ResourceId, *, is_admin: bool) -> Resource:
        fields = {"role": "admin" if is_admin else "member"} if self._map.has_admins else {}
        return Resource(resource_id, fields, None, "active")

    def _memberships(self) -> None:
        own = self._map.memberships
        if own is None:
            return
        self._found.admin_role = next(
            (
                each.id
                for each in self._site.list(ROLES)
                if each.attributes.get("drupal_internal__id") == own.admin_role
            ),
            "",
        )
        for item in self._site.list(MEMBERSHIPS):
            teams, people = item.ids(own.team), item.ids(own.person)
            if len(teams) != 1 or len(people) != 1 or MISSING in {*teams, *people}:
                continue
            self._unknown |= {each for each in teams if each not in self._ids}
            person = self._target(MEMBERS, people[0])
            if teams[0] in self._ids and person:
                resource_id = f"membership/{name_of(self._ids[teams[0]])}/{person}"
                is_admin = self._found.admin_role in item.ids(own.roles)
                self._found.memberships[resource_id] = item.id
                self._add(self._membership(resource_id, is_admin=is_admin), item.id)

    def _add(self, resource: Resource, key: str) -> None:
        """Add a resource; an admin who is a member as well comes twice."""
        self._found.resources[resource.id] = resource
        self._found.native[resource.id] = Key(key)

    def _problems(self) -> Iterator[str]:
        if self._unknown:
            number = counted(len(self._unknown), "object is", "objects are")
            yield f"{number} referred to, but in no list, so the account may not see everything"
        if self._without_address:
            number = counted(len(self._without_address), "account hides its", "accounts hide their")
            yield f"{number} e-mail address"
        own = self._map.memberships
        if own is not None and own.has_admins and not self._found.admin_role:
            yield f'no "{own.role_type}" has the machine name "{own.admin_role}"'


def _text(item: Item, attribute: str) -> str:
    value = item.attributes.get(attribute)
    return value if isinstance(value, str) and value else item.id


def _by_owner(items: Iterable[Item], found: TypeMap, label: str) -> list[Item]:
    """Return objects with this label first, then those with another one."""

    def rank(item: Item) -> tuple[bool, bool]:
        owner = owner_of(item, found) if found.owner_label else None
        return owner != label, owner is None

    return sorted(items, key=rank)

"""Translate between Keystone and the reconciler: pure functions."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import msgspec

from reconciler.errors import InputError
from reconciler.http.pagination import query_of
from reconciler.http.request import Response
from reconciler.model.identity import canonical_email
from reconciler.model.ids import decoded, encoded, last_name, name_of
from reconciler.model.json_input import decode_json
from reconciler.model.kinds import parents
from reconciler.model.plan import Change
from reconciler.model.resource import OfferedApi, Resource
from reconciler.portals.native_ids import NativeIds
from reconciler.portals.unversioned import Key, Mapped
from reconciler_keystone.schemas import ERROR, OWNER, Assignment, Object, TokenTimes

# The role that gives a level. `member` implies `reader`, as `manager` and `admin` imply `member`.
ROLES: Final = {"view": "reader", "consume": "member"}
LEVELS: Final = {"reader": "view", "member": "consume", "manager": "consume", "admin": "consume"}
# What kinds with names of their own are called in Keystone.
COLLECTIONS: Final = {"partner": "domains", "team": "groups"}
OBJECTS: Final = {"partner": "domain", "team": "group"}


class Estate(msgspec.Struct, frozen=True):
    """What was read. `home` is the domain with our APIs and people, `members` are the users of each group."""

    home: Object
    domains: list[Object]
    groups: list[Object]
    members: list[list[Object]]
    users: list[Object]
    projects: list[Object]
    roles: list[Object]
    assignments: list[Assignment]


def mapped(estate: Estate) -> Iterator[Mapped]:
    """Yield all resources with their ids in Keystone."""
    domains = {domain.id: domain for domain in estate.domains}
    used = {group.domain_id for group in estate.groups}
    for domain in estate.domains:
        if domain.id != estate.home.id or domain.id in used:
            yield partner(domain)
    holders: dict[str, str] = {user.id: f"developer/{person(user, estate.home)}" for user in estate.users}
    for group, members in zip(estate.groups, estate.members, strict=True):
        resource, key = team(group, encoded(domains[str(group.domain_id)].name))
        yield resource, key
        holders[group.id] = resource.id
        for user in members:
            name = f"{name_of(resource.id)}/{person(user, estate.home)}"
            yield Resource(f"membership/{name}", {}, None, "active"), Key(f"{group.id}/{user.id}")
    yield from _grants(estate, holders)


def partner(domain: Object) -> Mapped:
    """Return the partner of a domain."""
    resource_id = f"partner/{encoded(domain.name)}"
    return Resource(resource_id, _fields(domain), domain.reconciler_owner), Key(domain.id)


def team(group: Object, partner_name: str) -> Mapped:
    """Return the team of a group, in a partner with this encoded name."""
    resource_id = f"team/{partner_name}/{encoded(group.name)}"
    return Resource(resource_id, _fields(group), group.reconciler_owner), Key(group.id)


def person(user: Object, home: Object) -> str:
    """Return the person of a user: the name, if it is the address of an account in our domain."""
    with suppress(InputError):
        if user.domain_id == home.id and "@" in user.name:
            return encoded(canonical_email(user.name))
    return encoded(f"{user.id}@users.invalid")


def named(found: Object, change: Change) -> Mapped:
    """Return the partner or team of a domain or group; a group never leaves its domain."""
    return partner(found) if change.kind == "partner" else team(found, change.id.split("/")[1])


def references(estate: Estate) -> dict[str, str]:
    """Return the ids in Keystone of people, APIs and roles, and of our domain as `home`."""
    found = {f"developer/{name}": user for name, user in _people(estate).items()}
    found |= {f"api/{encoded(project.name)}": project.id for project in _apis(estate)}
    return found | {f"role/{role.name}": role.id for role in estate.roles} | {"home": estate.home.id}


def accounts(estate: Estate) -> frozenset[str]:
    """Return the addresses of the users in our domain."""
    return frozenset(map(decoded, _people(estate)))


def offered(estate: Estate) -> dict[str, OfferedApi]:
    """Return the APIs. Each is restricted to those who have a role in its project."""
    names = [encoded(project.name) for project in _apis(estate)]
    return {name: OfferedApi(name, "restricted") for name in names}


def level(roles: Iterable[str]) -> str | None:
    """Return the highest level that roles give, by their names."""
    levels = {LEVELS[role] for role in roles if role in LEVELS}
    return min(levels, default=None)


def page(body: Any) -> tuple[list[Object], dict[str, str] | None]:
    """Return the objects on a page of a list, and the query of the next page."""
    return body.items, query_of(body.links.next)


def problem(estate: Estate) -> str:
    """Return what in Keystone cannot be expressed here; empty if there is nothing."""
    scopes = [each.scope for each in estate.assignments if each.scope.inherited_to]
    inherited = {place.id for scope in scopes for place in (scope.project, scope.domain) if place}
    found = [
        f"{each.name} has inherited roles" for each in (estate.home, *_apis(estate)) if each.id in inherited
    ]
    people = [person(user, estate.home) for user in estate.users]
    found += [f"several users are called {each}" for each in sorted({*people}) if people.count(each) > 1]
    return "; ".join(found)


def roles(change: Change) -> set[str]:
    """Return the roles that a change gives to a team in the project of an API."""
    return {ROLES[change.after["level"]]} if change.after else set()


def place(change: Change, ids: NativeIds) -> dict[str, str]:
    """Return the name of a domain, group or user, with the domain that it is in."""
    name = decoded(last_name(change.id))
    if change.kind == "membership":
        return {"name": name, "domain_id": ids["home"]}
    return (
        {"name": name}
        if change.kind == "partner"
        else {"name": name, "domain_id": ids[parents(change.id)[0]]}
    )


def attributes(change: Change, label: str) -> dict[str, str]:
    """Return what a change writes to a domain or group."""
    description = (change.after or {}).get("displayName", "")
    return {"name": decoded(last_name(change.id)), "description": description, OWNER: label}


def contents(change: Change, native: str) -> list[tuple[str, str, dict[str, str]]]:
    """Return the lists of what Keystone would delete with a domain or group: name, path and query."""
    if change.kind == "partner":
        return [(name, name, {"domain_id": native}) for name in ("groups", "users", "projects")]
    return [
        ("users", f"groups/{native}/users", {}),
        ("role_assignments", "role_assignments", {"group.id": native}),
    ]


def error_text(response: Response) -> str:
    """Return the explanation in an error response."""
    try:
        return decode_json(response.body, ERROR).error.message
    except msgspec.DecodeError:
        return ""


def authentication(user: str, domain: str, password: str) -> dict[str, Any]:
    """Return the request for a token that shows the whole system, which needs a role on it."""
    who = {"name": user, "domain": {"name": domain}, "password": password}
    identity = {"methods": ["password"], "password": {"user": who}}
    return {"auth": {"identity": identity, "scope": {"system": {"all": True}}}}


def seconds(times: TokenTimes) -> float:
    """Return for how long a token is valid."""
    issued, expires = map(datetime.fromisoformat, (times.issued_at, times.expires_at))
    return (expires - issued).total_seconds()


def _grants(estate: Estate, holders: Mapping[str, str]) -> Iterator[Mapped]:
    roles = {role.id: role.name for role in estate.roles}
    apis = {project.id: encoded(project.name) for project in _apis(estate)}
    held: dict[tuple[str, str], set[str]] = {}
    for each in estate.assignments:
        holder = each.group or each.user
        # Others were created after groups and users were read.
        if each.scope.project and each.scope.project.id in apis and holder and holder.id in holders:
            held.setdefault((each.scope.project.id, holder.id), set()).add(roles[each.role.id])
    for (project, holder_id), names in held.items():
        if (highest := level(names)) is not None:
            resource_id = f"api-grant/{apis[project]}/{holders[holder_id]}"
            yield Resource(resource_id, {"level": highest}), Key(f"{project}/{holder_id}")


def _people(estate: Estate) -> dict[str, str]:
    users = (user for user in estate.users if user.domain_id == estate.home.id)
    return {person(user, estate.home): user.id for user in users}


def _apis(estate: Estate) -> Iterator[Object]:
    return (project for project in estate.projects if project.domain_id == estate.home.id)


def _fields(found: Object) -> dict[str, Any]:
    return {"displayName": found.description} if found.description else {}

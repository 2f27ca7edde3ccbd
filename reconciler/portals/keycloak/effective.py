"""What the roles of a realm give together, through all roles that they contain."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from reconciler.portals.keycloak.names import LEVELS, role_name, split_role
from reconciler.portals.keycloak.realm import Realm
from reconciler.portals.keycloak.role_kinds import API
from reconciler.portals.keycloak.schemas import Role

# The kind and the main role of each name.
Kinds: TypeAlias = Mapping[str, tuple[str, Role]]


def contained(realm: Realm, roles: Iterable[str]) -> set[str]:
    """Return the names of roles and of all roles that they contain, directly or through others."""
    found: set[str] = set()
    waiting = list(roles)
    while waiting:
        role = waiting.pop()
        if role not in found:
            found.add(role)
            waiting += realm.composites.get(role, ())
    return found


def highest(roles: Iterable[str]) -> dict[str, str]:
    """Return the highest level for each API, product or group that roles give."""
    levels: dict[str, str] = {}
    for role in roles:
        name, level = split_role(role)
        if level == "consume" or name not in levels:
            levels[name] = level
    return levels


def levels_of_apis(realm: Realm, roles: Iterable[str], kinds: Kinds) -> dict[str, str]:
    """Return the APIs that roles give, with their levels."""
    found = highest(contained(realm, roles))
    return {name: level for name, level in found.items() if name in kinds and kinds[name][0] == API}


def beside_groups(realm: Realm, roles: Iterable[str], kinds: Kinds) -> dict[str, str]:
    """Return the APIs, with their levels, that roles give beside what groups and products contain.

    The role of an API can be mapped itself. And a role of the level `view` can contain one for full use.
    """
    levels = highest(roles)
    mapped = {name: level for name, level in levels.items() if name in kinds and kinds[name][0] == API}
    given: set[tuple[str, str]] = set()
    for name in levels.keys() - mapped.keys() & kinds.keys():
        within = levels_of_apis(realm, (role_name(name, each) for each in LEVELS), kinds)
        given |= {(api, each) for api in within for each in ("view", levels[name])}
    found = levels_of_apis(realm, (role_name(*each) for each in levels.items()), kinds)
    return mapped | {api: level for api, level in found.items() if (api, level) not in given}

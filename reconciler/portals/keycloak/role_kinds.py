"""What the realm roles of a name are: an API, an API product, an access group, or none of these."""

from collections.abc import Mapping
from typing import Final

from reconciler.portals.keycloak.names import split_role
from reconciler.portals.keycloak.schemas import KIND, Role, first

PRODUCT: Final = "api-product"
GROUP: Final = "access-group"
API: Final = "api"
_DEFAULT_ROLES: Final = "default-roles-"
_BUILT_IN: Final = frozenset({"offline_access", "uma_authorization"})


def kind_of_role(role: Role) -> str | None:
    """Return access-group, api-product or api; None for other roles, and for those of the level `view`."""
    if split_role(role.name)[1] == "view" or is_default_role(role) or role.name in _BUILT_IN:
        return None
    stored = first(role.attributes, KIND)
    if stored in {PRODUCT, GROUP}:
        return stored
    return GROUP if role.composite else API


def is_default_role(role: Role) -> bool:
    """Return whether a role is the one that every user of the realm has."""
    return role.name.startswith(_DEFAULT_ROLES)


def kinds_by_name(roles: Mapping[str, Role]) -> dict[str, tuple[str, Role]]:
    """Return the kind and the main role of each name: the role of the level `view` if there is no other."""
    found: dict[str, tuple[str, Role]] = {}
    for role in roles.values():
        name, level = split_role(role.name)
        kind = kind_of_role(role)
        if level == "view" and name not in roles:
            stored = first(role.attributes, KIND)
            kind = stored if stored in {PRODUCT, GROUP} else API
        if kind is not None:
            found[name] = kind, role
    return found

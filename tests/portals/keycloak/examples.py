"""Small realms, for tests of what they mean."""

from typing import Any

from reconciler.model.resource import Resource
from reconciler.portals.keycloak.mapping import mapped
from reconciler.portals.keycloak.realm import Realm, Team
from reconciler.portals.keycloak.schemas import KIND, OWNER, Group, Role, User

OURS = {OWNER: ["our-company"]}
ANA = User("u1", "ana", "Ana@Acme.example")
BO = User("u2", "bo", "bo@acme.example", required_actions=("VERIFY_EMAIL",))


def role(name: str, **fields: Any) -> Role:
    return Role(f"id of {name}", name, **fields)


def container(name: str, kind: str, **fields: Any) -> Role:
    attributes = {**OURS, KIND: [kind], **fields.pop("attributes", {})}
    return role(name, composite=True, attributes=attributes, **fields)


def realm(*roles: Role, **fields: Any) -> Realm:
    defaults: dict[str, Any] = {
        "partners": (),
        "teams": {},
        "others": {},
        "composites": {},
        "users": {},
        "accounts": (),
        "groups_count": 0,
        "accounts_count": 0,
    }
    return Realm(roles={each.name: each for each in roles}, **{**defaults, **fields})


def resources(*roles: Role, **fields: Any) -> list[Resource]:
    return list(mapped(realm(*roles, **fields))[0].values())


def team(**fields: Any) -> dict[str, Any]:
    """Return a partner with one team."""
    group = Group("g2", "ops", "g1", attributes=OURS, realm_roles=fields.pop("roles", ()))
    partner = Group("g1", "acme", attributes=OURS, realm_roles=fields.pop("inherited", ()))
    return {"partners": (partner,), "teams": {"g1": (Team(group, **fields),)}}

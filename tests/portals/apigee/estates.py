"""What is in an organization before a test."""

import json
from collections.abc import Mapping
from typing import Any, Final

from reconciler.portals.apigee.app_group import APIS, MEMBERS, OWNER
from tests.servers.apigee.organization import Json
from tests.servers.apigee.server import ApigeeServer

TEAM: Final = "acme.ops"


def organization(*apis: str) -> ApigeeServer:
    """Return an organization with these API products."""
    server = ApigeeServer()
    for api in apis:
        server.organization.create_product({"name": api})
    return server


def team(
    server: ApigeeServer,
    name: str = TEAM,
    *apis: str,
    members: object = (),
    owner: str | None = "our-company",
) -> None:
    """Create an AppGroup with members, granted APIs, and an attribute of another user."""
    attributes = {
        "tier": "gold",
        MEMBERS: json.dumps(members),
        APIS: json.dumps(apis),
        **({OWNER: owner} if owner else {}),
    }
    server.organization.create_group(
        {"name": name, "attributes": [{"name": key, "value": value} for key, value in attributes.items()]}
    )


def app(server: ApigeeServer, *products: str, group: str = TEAM, name: str = "app") -> Json:
    """Create an app with a key for API products, and return the key."""
    server.organization.create_app(group, {"name": name, "apiProducts": list(products)})
    key: Json = server.organization.apps[group, name]["credentials"][0]
    return key


def member(address: str, *roles: str, **others: Any) -> Mapping[str, Any]:
    """Return the entry of a member."""
    return {"developer": address, "roles": list(roles), **others}


def attributes(server: ApigeeServer, name: str = TEAM) -> dict[str, Any]:
    """Return the attributes of an AppGroup, with the members as JSON."""
    found = {each["name"]: each["value"] for each in server.organization.group(name)["attributes"]}
    return {**found, MEMBERS: json.loads(found[MEMBERS])} if MEMBERS in found else found


def products(key: Json) -> dict[str, str]:
    """Return the API products of a key with their status."""
    return {each["apiproduct"]: each["status"] for each in key["apiProducts"]}

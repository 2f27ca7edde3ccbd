"""An independent witness: the client `python-keycloak` reads a realm, or makes an estate in it."""

from collections.abc import Iterator, Mapping
from typing import Any

from keycloak import KeycloakAdmin

from tests.servers.keycloak import ADMIN, Realm

# What is in a realm or in the files, by the id of a resource, with the fields that Keycloak stores.
Facts = dict[str, dict[str, Any]]
_LEVELS = {"": "consume", ":view": "view"}
_KIND, _VISIBILITY = "reconciler.kind", "reconciler.visibility"


class Witness:
    """Reads and writes with the client of another project, as the administrator."""

    def __init__(self, realm: Realm, apis: list[str]) -> None:
        name, password = ADMIN
        self._client = KeycloakAdmin(
            server_url=realm.url,
            username=name,
            password=password,
            realm_name=realm.name,
            user_realm_name="master",
        )
        self._apis = apis

    def facts(self) -> Facts:
        """Return everything that the realm has: partners, teams, people, content and grants."""
        return dict([*self._people(), *self._roles()])

    def labels(self, attribute: str) -> set[str | None]:
        """Return all values of an attribute of groups and roles, except APIs and roles of the server."""
        groups = [
            group
            for top in self._client.get_groups({"briefRepresentation": False})
            for group in (top, *self._client.get_group_children(top["id"], {"briefRepresentation": False}))
        ]
        held = [*groups, *self._containers().values()]
        return {(each.get("attributes", {}).get(attribute) or [None])[0] for each in held}

    def _people(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for partner in self._client.get_groups():
            yield f"partner/{partner['name']}", {}
            for team in self._client.get_group_children(partner["id"]):
                name = f"{partner['name']}/{team['name']}"
                yield f"team/{name}", {}
                for user in self._client.get_group_members(team["id"]):
                    yield f"membership/{name}/{user['email']}", {"role": "member"}
                for below in self._client.get_group_children(team["id"]):
                    assert below["name"] == "admins"
                    for user in self._client.get_group_members(below["id"]):
                        yield f"membership/{name}/{user['email']}", {"role": "admin"}
                for role in self._client.get_group_realm_roles(team["id"]):
                    group, level = _split(role["name"])
                    yield f"grant/{group}/team/{name}", {"level": level}

    def _containers(self) -> dict[str, Any]:
        """Return the roles of products and groups for full use."""
        found = self._client.get_realm_roles(brief_representation=False)
        return {
            role["name"]: role
            for role in found
            if role["composite"] and not role["name"].startswith("default-") and ":" not in role["name"]
        }

    def _roles(self) -> Iterator[tuple[str, dict[str, Any]]]:
        containers = self._containers()
        products = {
            name
            for name, role in containers.items()
            if role.get("attributes", {}).get(_KIND) == ["api-product"]
        }
        for name, role in containers.items():
            kind = "api-product" if name in products else "access-group"
            fields = {"description": role["description"]} if role.get("description") else {}
            if kind == "api-product":
                fields["visibility"] = role["attributes"][_VISIBILITY][0]
            yield f"{kind}/{name}", fields
            for content in self._contents(name):
                if kind == "api-product":
                    yield f"product-item/{name}/{content}", {}
                else:
                    sort = "product" if content in products else "api"
                    yield f"access-item/{name}/{sort}/{content}", {}
            for suffix, level in _LEVELS.items():
                for user in self._client.get_realm_role_members(name + suffix):
                    yield f"grant/{name}/developer/{user['email']}", {"level": level}

    def _contents(self, name: str) -> set[str]:
        """Return what a product or group contains, which is the same for both levels."""
        found = {
            suffix: {role["name"] for role in self._client.get_composite_realm_roles_of_role(name + suffix)}
            for suffix in _LEVELS
        }
        assert {f"{content}:view" for content in found[""]} == found[":view"]
        return found[""]

    def make(self, wanted: Mapping[str, Mapping[str, Any]]) -> None:
        """Make an estate as an administrator would, without any label."""
        groups: dict[str, str] = {}
        for api in self._apis:
            self._client.create_realm_role({"name": f"{api}:view"})
        for resource, fields in wanted.items():
            kind, *names = resource.split("/")
            if kind == "partner":
                groups[resource] = str(self._client.create_group({"name": names[0]}))
            elif kind == "team":
                made = self._client.create_group({"name": names[1]}, parent=groups[f"partner/{names[0]}"])
                groups[resource] = str(made)
            elif kind == "membership":
                self._join(groups, f"team/{names[0]}/{names[1]}", names[2], str(fields["role"]))
            elif kind in {"api-product", "access-group"}:
                self._create_roles(kind, names[0], fields)
            elif kind in {"product-item", "access-item"}:
                for suffix in _LEVELS:
                    inner = self._client.get_realm_role(names[-1] + suffix)
                    self._client.add_composite_realm_roles_to_role(names[0] + suffix, [inner])
            else:
                self._grant(groups, resource, str(fields["level"]))

    def _create_roles(self, kind: str, name: str, fields: Mapping[str, Any]) -> None:
        attributes = {}
        if kind == "api-product":
            attributes = {_KIND: [kind], _VISIBILITY: [fields["visibility"]]}
        body = {"description": fields.get("description", ""), "attributes": attributes}
        for suffix in _LEVELS:
            self._client.create_realm_role({"name": name + suffix, **body})

    def _join(self, groups: dict[str, str], team: str, address: str, role: str) -> None:
        group = groups[team]
        if role == "admin":
            group = groups.get(f"{team}/admins") or str(
                self._client.create_group({"name": "admins"}, parent=group)
            )
            groups[f"{team}/admins"] = group
        self._client.group_user_add(self._user(address), group)

    def _user(self, address: str) -> str:
        body = {"username": address, "email": address, "enabled": True, "emailVerified": True}
        return self._client.create_user(body, exist_ok=True)

    def _grant(self, groups: dict[str, str], resource: str, level: str) -> None:
        _, name, sort, *holder = resource.split("/")
        role = self._client.get_realm_role(name + (":view" if level == "view" else ""))
        if sort == "team":
            self._client.assign_group_realm_roles(groups[f"team/{'/'.join(holder)}"], [role])
        else:
            self._client.assign_realm_roles(self._user(holder[0]), [role])


def _split(role: str) -> tuple[str, str]:
    name = role.removesuffix(":view")
    return name, "consume" if name == role else "view"

"""What a developer portal of Konnect has, and what its users do there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

REGION: Final = "eu"
Body = dict[str, Any]


class ConflictError(Exception):
    """Konnect answers 409."""


class KonnectState:
    """One portal with its APIs, developers and teams. Objects are stored as Konnect shows them."""

    def __init__(self, *apis: str, name: str = "Partners") -> None:
        self._numbers = count(1)
        self.portal: Body = {
            **self._new(),
            "name": name,
            "display_name": name,
            "description": None,
            "authentication_enabled": True,
            "rbac_enabled": True,
            "sipr_enabled": False,
            "default_api_visibility": "private",
            "default_page_visibility": "private",
            "default_application_auth_strategy_id": None,
            "auto_approve_developers": False,
            "auto_approve_applications": False,
            "default_domain": "p.edge.eu.portal.example",
            "canonical_domain": "p.edge.eu.portal.example",
            "labels": {},
        }
        self.authentication: Body = {
            "basic_auth_enabled": True,
            "konnect_mapping_enabled": True,
            "oidc_auth_enabled": False,
            "oidc_team_mapping_enabled": False,
            "idp_mapping_enabled": False,
        }
        self.apis: dict[str, Body] = {}
        self.publications: dict[str, Body] = {}
        self.developers: dict[str, Body] = {}
        self.teams: dict[str, Body] = {}
        self.members: dict[str, dict[str, None]] = {}
        self.roles: dict[str, dict[str, Body]] = {}
        self.mails: list[str] = []
        for api in apis:
            self.publish(self.add_api(api))

    def add_api(self, name: str, version: str | None = None, slug: str | None = None) -> str:
        """Create an API and return its id."""
        api = self._new()
        self.apis[api["id"]] = {
            **api,
            "name": name,
            "version": version,
            "slug": slug or (f"{name}-{version}" if version else name),
            "labels": {},
            "portals": [],
            "api_spec_ids": [],
            "current_version_summary": None,
        }
        return str(api["id"])

    def publish(self, api: str, visibility: str = "private", entity_type: str = "api") -> None:
        """Publish an API in the portal."""
        times = {key: value for key, value in self._new().items() if key != "id"}
        self.publications[api] = {
            "api_id": api,
            "portal_ids": [self.portal["id"]],
            "visibility": visibility,
            "entity_type": entity_type,
            "auth_strategy_ids": None,
            "auto_approve_registrations": False,
            **times,
        }

    def add_developer(self, email: str, status: str = "approved", full_name: str = "Developer") -> str:
        """Register a developer and return the id. Raises ConflictError if there is one with the address."""
        if any(each["email"].lower() == email.lower() for each in self.developers.values()):
            raise ConflictError("Developer with the given email already exists")
        developer = {**self._new(), "email": email, "full_name": full_name, "status": status}
        self.developers[developer["id"]] = developer
        return str(developer["id"])

    def add_team(self, name: str, description: str = "", **others: Any) -> str:
        """Create a team and return the id. A name can be used again."""
        team = {**self._new(), "name": name, "description": description or name, **others}
        self.teams[team["id"]] = team
        self.members[team["id"]] = {}
        self.roles[team["id"]] = {}
        return str(team["id"])

    def remove_team(self, team: str) -> None:
        """Delete a team with its roles; its developers stay."""
        del self.teams[team], self.members[team], self.roles[team]

    def add_member(self, team: str, developer: str) -> None:
        """Add a developer to a team. Raises ConflictError for a member."""
        if developer in self.members[team]:
            raise ConflictError("Developer is already a member of the team")
        self.members[team][developer] = None

    def assign(self, team: str, role_name: str, entity_id: str, entity_region: str = REGION) -> Body:
        """Assign a role to a team and return it. Raises ConflictError for one that it has."""
        body = {
            "role_name": role_name,
            "entity_id": entity_id,
            "entity_type_name": "Services",
            "entity_region": entity_region,
        }
        if any(body.items() <= each.items() for each in self.roles[team].values()):
            raise ConflictError("Role is already assigned to the team")
        role = {"id": self._new()["id"], **body}
        self.roles[team][role["id"]] = role
        return role

    def team(self, name: str) -> str:
        """Return the id of the only team with a name."""
        [found] = [key for key, each in self.teams.items() if each["name"] == name]
        return found

    def developer(self, email: str) -> str:
        """Return the id of a developer."""
        [found] = [key for key, each in self.developers.items() if each["email"] == email]
        return found

    def api(self, slug: str) -> str:
        """Return the id of an API."""
        [found] = [key for key, each in self.apis.items() if each["slug"] == slug]
        return found

    def granted(self, email: str) -> dict[str, str]:
        """Return the levels that the portal gives an approved developer, by the slugs of APIs."""
        found: dict[str, str] = {}
        for team, api, role in self._roles_of(email):
            assert team in self.teams
            level = "consume" if role["role_name"] == "API Consumer" else "view"
            if found.get(api) != "consume":
                found[api] = level
        return found

    def _roles_of(self, email: str) -> Iterator[tuple[str, str, Body]]:
        approved = {
            key
            for key, each in self.developers.items()
            if each["email"] == email and each["status"] == "approved"
        }
        for team, members in self.members.items():
            for role in self.roles[team].values() if approved & members.keys() else ():
                if role["entity_id"] in self.publications:
                    yield team, self.apis[role["entity_id"]]["slug"], role

    def _new(self) -> Body:
        """Return the id and the times of a new object."""
        number = next(self._numbers)
        time = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=number)
        return {
            "id": str(UUID(int=number + (8 << 60) + (4 << 76))),
            "created_at": time.isoformat(),
            "updated_at": time.isoformat(),
        }

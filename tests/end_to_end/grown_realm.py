"""A realm of Keycloak as it has grown over years: nobody has thought of files for it."""

from typing import Any, Final

from tests.end_to_end.grown_portal import Size
from tests.servers.keycloak import KeycloakServer, Realm

_APIS: Final = ("Tracking.v2", "rates-v1", "customs")
_GROUPS: Final = ("Logistics Partners", "Rates_Pilot", "CUSTOMS")
_NAMES: Final = ("Acme Logistics GmbH", "NordLys", "Kargo Express", "blue-freight")
_TEAMS: Final = ("Web Team", "integration", "Ops (EU)")


def grown_realm(server: KeycloakServer, size: Size) -> Realm:
    """Return a new realm with groups, users and roles, made by one import."""
    roles = [{"name": name} for api in _APIS for name in (api, f"{api}:view")]
    for level in ("", ":view"):
        roles += [_composite(group + level, api + level) for api, group in zip(_APIS, _GROUPS, strict=True)]
    partners = [_partner(number, size) for number in range(size.partners)]
    return server.new_realm(
        roles={"realm": roles}, groups=partners, users=[_user(number, size) for number in range(size.members)]
    )


def _composite(name: str, content: str) -> dict[str, Any]:
    return {"name": name, "composite": True, "composites": {"realm": [content]}}


def _partner(number: int, size: Size) -> dict[str, Any]:
    teams = [_team(each) for each in range(number, size.teams, size.partners)]
    return {"name": _partner_name(number), "subGroups": teams}


def _partner_name(number: int) -> str:
    return f"{_NAMES[number % len(_NAMES)]} {number}"


def _team(number: int) -> dict[str, Any]:
    """Return a team with access; some have nobody who is an admin."""
    role = f"{_GROUPS[number % len(_GROUPS)]}{':view' if number % 4 == 1 else ''}"
    admins = [] if number % 9 == 4 else [{"name": "admins"}]
    return {"name": _team_name(number), "realmRoles": [role], "subGroups": admins}


def _team_name(number: int) -> str:
    return f"{_TEAMS[number % len(_TEAMS)]} {number}"


def _user(number: int, size: Size) -> dict[str, Any]:
    """Return a user in one team; the first user of a team with admins is one of them."""
    team = number % size.teams
    path = f"/{_partner_name(team % size.partners)}/{_team_name(team)}"
    is_admin = number < size.teams and number % 9 != 4
    email = f"person.{number}@p{team % size.partners}.example"
    return {
        "username": f"person {number}",
        "email": email,
        "enabled": True,
        "emailVerified": True,
        "groups": [path, *([f"{path}/admins"] if is_admin else [])],
    }

"""Translate a portal into resources: teams, members, and a grant for each API that a team has roles for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from reconciler.errors import InputError
from reconciler.model.identity import canonical_email
from reconciler.model.ids import decoded, encoded
from reconciler.model.resource import Resource, ResourceId
from reconciler.portals.flat_names import flat_name, split_name
from reconciler.portals.konnect.api_names import ApiNames
from reconciler.portals.konnect.owner_line import owner_of
from reconciler.portals.konnect.schemas import Developer, Member, Role, Team
from reconciler.portals.unversioned import Key, Mapped

VIEWER: Final = "API Viewer"
CONSUMER: Final = "API Consumer"
ROLE_NAMES: Final = {"view": VIEWER, "consume": CONSUMER}
_STATES: Final = {"approved": "active", "pending": "invited"}


class TeamContent(msgspec.Struct, frozen=True):
    """A team with its members and roles."""

    team: Team
    members: tuple[Member, ...]
    roles: tuple[Role, ...]


class Estate(msgspec.Struct, frozen=True):
    """What a portal has; `problem` is why something may be missing."""

    names: ApiNames
    developers: tuple[Developer, ...]
    teams: tuple[TeamContent, ...]
    problem: str = ""


def mapped(estate: Estate) -> Iterator[Mapped]:
    """Yield the resources with their ids in Konnect."""
    states = {each.id: state_of(each) for each in estate.developers}
    taken: set[ResourceId] = set()
    # Of several teams with one name, a managed one keeps it, then one with content, then the oldest.
    for content in sorted(estate.teams, key=_precedence):
        team = content.team
        resource_id = team_id(team)
        if resource_id in taken:
            resource_id = team_id(team, repeated=True)
        taken.add(resource_id)
        yield Resource(resource_id, {}, owner_of(team.description)), Key(team.id)
        name = resource_id.removeprefix("team/")
        members = {person_of(each): each.id for each in content.members}
        for person, developer in members.items():
            state = states.get(developer)
            yield Resource(f"membership/{name}/{person}", {}, None, state), Key(f"{team.id}/{developer}")
        for api, level in levels(content.roles, estate.names).items():
            yield (
                Resource(f"api-grant/{api}/team/{name}", {"level": level}),
                Key(f"{team.id}/{estate.names.id_of(api) or api}"),
            )


def team_id(team: Team, *, repeated: bool = False) -> ResourceId:
    """Return the id of a team; a repeated name gets the id of Konnect as well."""
    partner, name = split_name(team.name)
    return f"team/{encoded(partner)}/{encoded(f'{name} ({team.id})' if repeated else name)}"


def team_name(resource_id: ResourceId) -> str:
    """Return what a team is called in Konnect. Raises PortalError for a name that cannot be read back."""
    _, partner, team = resource_id.split("/")
    return flat_name(decoded(partner), decoded(team))


def person_of(developer: Developer | Member) -> str:
    """Return the encoded address of a developer, or one in a reserved domain if it is invalid."""
    reserved = f"{developer.id}@developers.invalid"
    try:
        return encoded(canonical_email(developer.email or reserved))
    except InputError:
        return encoded(reserved)


def state_of(developer: Developer) -> str:
    """Return the state of a developer's memberships. Revoked and rejected ones have no access."""
    return _STATES.get(developer.status, "declined")


def levels(roles: Iterable[Role], names: ApiNames) -> Mapping[str, str]:
    """Return the highest level for each API. An unknown role counts as the highest."""
    found: dict[str, str] = {}
    for role in roles:
        level = "view" if role.role_name == VIEWER else "consume"
        for api in names.of(role):
            found[api] = level if level == "consume" else found.get(api, level)
    return found


def _precedence(content: TeamContent) -> tuple[bool, bool, str, str]:
    """Sort the teams of one name. A lost response may leave a second one, and only one of them was filled."""
    team, is_empty = content.team, not content.members and not content.roles
    return owner_of(team.description) is None, is_empty, team.created_at, team.id

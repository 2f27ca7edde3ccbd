"""Read and write teams."""

from reconciler.http.request import Tally
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId
from reconciler.portals.konnect.mapping import team_id, team_name
from reconciler.portals.konnect.owner_line import owner_of, with_owner
from reconciler.portals.konnect.requests import PortalRequests
from reconciler.portals.konnect.schemas import Team
from reconciler.portals.native_ids import NativeIds
from reconciler.portals.refusals import in_use
from reconciler.portals.unversioned import Key, Mapped


class TeamWriter:
    """Reads and writes teams: names, and the owner label in descriptions."""

    def __init__(self, requests: PortalRequests, ids: NativeIds) -> None:
        self._requests = requests
        self._ids = ids
        self._held: dict[ResourceId, Team] = {}

    async def current(self, change: Change) -> Mapped | None:
        """Read the team of a change, by its name if it is new."""
        team = await self._team(change)
        if team is None:
            return None
        self._held[change.id] = team
        names = (team_id(team), team_id(team, repeated=True))
        former = change.renamed_from or change.id
        resource_id = former if former in names else names[0]
        return Resource(resource_id, {}, owner_of(team.description)), Key(team.id)

    async def send(self, change: Change, label: str, tally: Tally) -> str | None:
        """Write a team as it was just read."""
        if change.action == "create":
            body = {"name": team_name(change.id), "description": with_owner(None, label, change.id)}
            return await self._requests.create("teams", body, tally)
        team = self._held.pop(change.id)
        path = f"teams/{team.id}"
        if change.action == "delete":
            await self._require_empty(team, change.id)
            await self._requests.remove(path, tally)
        elif change.action == "adopt":
            description = with_owner(team.description, label, change.id)
            await self._requests.update(path, {"description": description}, tally)
        else:
            await self._requests.update(path, {"name": team_name(change.id)}, tally)
        return None

    async def _team(self, change: Change) -> Team | None:
        native = self._ids.of(change)
        if native is not None:
            return await self._requests.team(native)
        named = await self._requests.teams_called(team_name(change.id))
        return named[0] if named else None

    async def _require_empty(self, team: Team, name: str) -> None:
        """Raise PortalError for a team that is not empty: Konnect would delete its roles as well."""
        if await self._requests.members(team.id):
            raise in_use(name, "it has members")
        if await self._requests.roles(team.id):
            raise in_use(name, "it has roles")

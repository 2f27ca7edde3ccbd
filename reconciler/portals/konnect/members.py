"""Read and write memberships: developers in teams."""

from collections.abc import Iterable

from reconciler.http.request import Tally
from reconciler.model.ids import decoded
from reconciler.model.kinds import name_in, team_of
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId
from reconciler.portals.konnect.mapping import person_of
from reconciler.portals.konnect.requests import PortalRequests
from reconciler.portals.konnect.schemas import Developer
from reconciler.portals.native_ids import NativeIds
from reconciler.portals.unversioned import Key, Mapped


class MemberWriter:
    """Reads and writes memberships. It creates developers, and never changes their status."""

    def __init__(self, requests: PortalRequests, ids: NativeIds, developers: Iterable[Developer]) -> None:
        self._requests = requests
        self._ids = ids
        self._held: dict[ResourceId, list[str]] = {}
        self._developers: dict[str, str] = {}
        # Of several developers with one address, an approved one has access.
        for each in sorted(developers, key=lambda each: each.status == "approved"):
            self._developers[person_of(each)] = each.id

    async def current(self, change: Change) -> Mapped | None:
        """Read whether a person is in a team."""
        team, person = self._team(change), _person(change)
        found = [each.id for each in await self._requests.members(team) if person_of(each) == person]
        self._held[change.id] = found
        return (Resource(change.id, {}), Key(f"{team}/{found[0]}")) if found else None

    async def send(self, change: Change, _label: str, tally: Tally) -> None:
        """Add a person to a team, or remove them as they were just read."""
        path = f"teams/{self._team(change)}/developers"
        if change.action == "delete":
            for developer in self._held.pop(change.id, ()):
                await self._requests.remove(f"{path}/{developer}", tally)
            return
        person = _person(change)
        if person not in self._developers:
            self._developers[person] = await self._requests.developer(decoded(person), tally)
        await self._requests.create(path, {"id": self._developers[person]}, tally, repeatable=True)

    def _team(self, change: Change) -> str:
        return self._ids[str(team_of(change.id))]


def _person(change: Change) -> str:
    return str(name_in(change.id, "person"))

"""Read and write grants of APIs: roles of teams."""

from http import HTTPStatus

from reconciler.errors import PortalError
from reconciler.http.errors import ApiError
from reconciler.http.request import Tally
from reconciler.model.ids import decoded
from reconciler.model.kinds import name_in, team_of
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId
from reconciler.portals.konnect.api_names import ALL_APIS, ApiNames
from reconciler.portals.konnect.mapping import ROLE_NAMES, levels
from reconciler.portals.konnect.requests import PortalRequests
from reconciler.portals.konnect.schemas import Role
from reconciler.portals.native_ids import NativeIds
from reconciler.portals.unversioned import Key, Mapped


class GrantWriter:
    """Reads and writes grants. A role is added before another one is removed, so that no access is lost."""

    def __init__(self, requests: PortalRequests, ids: NativeIds, names: ApiNames, region: str) -> None:
        self._requests = requests
        self._ids = ids
        self._names = names
        self._region = region
        self._held: dict[ResourceId, list[Role]] = {}

    async def current(self, change: Change) -> Mapped | None:
        """Read the level that a team has for an API."""
        team, api = self._team(change), _api(change)
        roles = [role for role in await self._requests.roles(team) if api in self._names.of(role)]
        self._held[change.id] = roles
        level = levels(roles, self._names).get(api)
        return (Resource(change.id, {"level": level}), Key(f"{team}/{api}")) if level else None

    async def send(self, change: Change, _label: str, tally: Tally) -> None:
        """Assign the role of a level, and remove the other roles for this API that were just read."""
        path = f"teams/{self._team(change)}/assigned-roles"
        level = (change.after or {}).get("level")
        wanted = ROLE_NAMES[level] if level else None
        held = self._held.pop(change.id, [])
        surplus = [role for role in held if role.role_name != wanted]
        own = [role for role in surplus if role.entity_id != ALL_APIS]
        if len(own) < len(surplus) and level != "consume":
            raise _held_by_all_apis(change)
        if wanted and len(surplus) == len(held):
            await self._assign(path, wanted, change, tally)
        for role in own:
            await self._requests.remove(f"{path}/{role.id}", tally)

    async def _assign(self, path: str, role: str, change: Change, tally: Tally) -> None:
        api = self._names.id_of(_api(change))
        if api is None:
            message = (
                f'{change.id}: no API with the slug "{decoded(_api(change))}" is published in the portal'
            )
            raise PortalError(message, "publish it, or give the published API this slug of its own")
        body = {
            "role_name": role,
            "entity_id": api,
            "entity_type_name": "Services",
            "entity_region": self._region,
        }
        await self._requests.create(path, body, tally, repeatable=True)

    def _team(self, change: Change) -> str:
        return self._ids[str(team_of(change.id))]


def _held_by_all_apis(change: Change) -> ApiError:
    """Return the error for a level that a role for all APIs gives as well; a new plan does not help."""
    what = "deleted" if change.action == "delete" else "lowered"
    why = "the team has a role for all APIs, which can only be removed in Konnect"
    hint = "remove the team's role for all APIs in Konnect"
    return ApiError(f"{change.id} cannot be {what}: {why}", hint, HTTPStatus.CONFLICT)


def _api(change: Change) -> str:
    return str(name_in(change.id, "api"))

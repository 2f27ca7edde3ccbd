"""The requests that write, and those that read one object, in one portal of Konnect."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import NumberedBody, PageNumber
from reconciler.http.request import Request, Tally
from reconciler.model.ids import encoded
from reconciler.portals.konnect.mapping import person_of
from reconciler.portals.konnect.reader import PAGE_SIZE
from reconciler.portals.konnect.schemas import (
    CREATED,
    DEVELOPERS,
    MEMBERS,
    ROLES,
    TEAM,
    TEAMS,
    Developer,
    Member,
    Role,
    Team,
)


class PortalRequests:
    """Requests below one portal. All methods raise PortalError."""

    def __init__(self, client: HttpClient, portal: str) -> None:
        self._client = client
        self._portal = f"portals/{portal}"

    async def team(self, team: str) -> Team | None:
        """Return a team, or None."""
        found = await self._client.find(Request(path=f"{self._portal}/teams/{team}"))
        return None if found is None else self._client.decode(found, TEAM)

    async def teams_called(self, name: str) -> list[Team]:
        """Return the teams with a name."""
        found = await self._list("teams", TEAMS, {"filter[name][eq]": name})
        return [team for team in found if team.name == name]

    async def members(self, team: str) -> list[Member]:
        """Return the members of a team."""
        return await self._list(f"teams/{team}/developers", MEMBERS)

    async def roles(self, team: str) -> list[Role]:
        """Return the roles of a team."""
        return await self._list(f"teams/{team}/assigned-roles", ROLES)

    async def developer(self, address: str, tally: Tally) -> str:
        """Create the developer of an address, with an invitation by mail, and return the id.

        The review of the files is the approval. An existing developer is never changed.
        """
        body = {"email": address, "full_name": address, "status": "approved", "send_invitation_email": True}
        try:
            return await self.create("developers", body, tally, repeatable=True)
        except ApiError as error:
            # Another change of this run, or the person, may create the same developer.
            found = await self._developers_with(address) if error.status == HTTPStatus.CONFLICT else []
            if not found:
                raise
            return found[0].id

    async def create(
        self, path: str, body: Mapping[str, Any], tally: Tally, *, repeatable: bool = False
    ) -> str:
        """Create an object and return its id; what a second request would repeat is `repeatable`."""
        request = Request(
            method="POST", path=f"{self._portal}/{path}", body=body, tally=tally, repeatable=repeatable
        )
        response = await self._client.send(request)
        return self._client.decode(response, CREATED).id if response.body else ""

    async def update(self, path: str, body: Mapping[str, Any], tally: Tally) -> None:
        """Change fields of an object."""
        request = Request(
            method="PATCH", path=f"{self._portal}/{path}", body=body, tally=tally, repeatable=True
        )
        await self._client.send(request)

    async def remove(self, path: str, tally: Tally) -> None:
        """Delete an object. Do nothing if it no longer exists."""
        request = Request(method="DELETE", path=f"{self._portal}/{path}", tally=tally, repeatable=True)
        await self._client.delete(request)

    async def _developers_with(self, address: str) -> list[Developer]:
        found = await self._list("developers", DEVELOPERS, {"filter[email][eq]": address})
        return [each for each in found if person_of(each) == encoded(address)]

    async def _list(
        self,
        path: str,
        decoder: "msgspec.json.Decoder[NumberedBody[Any]]",
        query: Mapping[str, str] = {},
    ) -> list[Any]:
        pages: PageNumber[Any] = PageNumber(decoder, PAGE_SIZE, lambda each: str(each.id))
        request = Request(path=f"{self._portal}/{path}", query=query)
        return [item async for item in read_items(self._client, request, pages)]

"""Read a portal: pages of APIs, publications, developers and teams, and two lists for each team."""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any, Final, TypeVar

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.lists import Listing, read_list
from reconciler.http.pagination import NumberedBody, PageNumber
from reconciler.http.request import Request
from reconciler.model.counting import counted
from reconciler.model.portal import Progress
from reconciler.portals.konnect.api_names import ApiNames
from reconciler.portals.konnect.mapping import Estate, TeamContent
from reconciler.portals.konnect.schemas import (
    APIS,
    DEVELOPERS,
    MEMBERS,
    PUBLICATIONS,
    ROLES,
    TEAMS,
    Developer,
    Team,
)

# Konnect sends no more, whatever is requested.
PAGE_SIZE: Final = 100
_AT_ONCE: Final = 8

Item = TypeVar("Item")


class EstateReader:
    """Reads everything in one portal of a region."""

    def __init__(self, client: HttpClient, portal: str, region: str, progress: Progress) -> None:
        self._client = client
        self._portal = f"portals/{portal}"
        self._region = region
        self._progress = progress
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def read(self) -> Estate:
        """Read everything. Raises nothing: the estate has the problem."""
        apis, publications, teams = await asyncio.gather(
            self._list("apis", APIS, shown="APIs"),
            self._list(f"{self._portal}/api-publications", PUBLICATIONS, key=_api),
            self._list(f"{self._portal}/teams", TEAMS, shown="teams"),
        )
        contents = await asyncio.gather(*map(self._content, teams.items))
        # Read last: members who have registered in the meantime are in it.
        developers = await self._list(f"{self._portal}/developers", DEVELOPERS, shown="developers")
        names = ApiNames(apis.items, publications.items, self._region)
        found = tuple(content for content, _ in contents)
        problems = [
            *(each.problem for each in (apis, publications, teams, developers)),
            *(problem for _, problem in contents),
        ]
        problem = next(filter(None, problems), "") or _contradiction(names, found, developers.items)
        return Estate(names, tuple(developers.items), found, problem)

    async def _content(self, team: Team) -> tuple[TeamContent, str]:
        path = f"{self._portal}/teams/{team.id}"
        members, roles = await asyncio.gather(
            self._list(f"{path}/developers", MEMBERS), self._list(f"{path}/assigned-roles", ROLES)
        )
        content = TeamContent(team, tuple(members.items), tuple(roles.items))
        return content, members.problem or roles.problem

    async def _list(
        self,
        path: str,
        decoder: "msgspec.json.Decoder[NumberedBody[Item]]",
        *,
        key: Any = None,
        shown: str = "",
    ) -> Listing[Item]:
        pages = PageNumber(decoder, PAGE_SIZE, key or _id)
        progress = partial(self._progress, shown) if shown else _quiet
        async with self._slots:
            return await read_list(self._client, Request(path=path), pages, progress)


def _contradiction(names: ApiNames, teams: Iterable[TeamContent], developers: Iterable[Developer]) -> str:
    """Return what the lists show of something that another list leaves out; empty if there is nothing."""
    if names.hidden:
        return f"{counted(names.hidden, 'published API is', 'published APIs are')} not shown"
    known = {each.id for each in developers}
    unknown = {member.id for content in teams for member in content.members} - known
    if unknown:
        return f"{counted(len(unknown), 'member is', 'members are')} not in the list of developers"
    return ""


def _quiet(_count: int, _total: int | None) -> None:
    """Show no progress."""


def _id(item: Any) -> str:
    return str(item.id)


def _api(item: Any) -> str:
    return str(item.api_id)

"""Read users by their ids in few requests: by filters, from a listing of all, or one by one."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Final

from reconciler.errors import PortalError
from reconciler.http.errors import ApiError
from reconciler.sources.scim.api import ScimApi, any_of, equals
from reconciler.sources.scim.messages import Person

_NO_GROUP: Final = "00000000-0000-4000-8000-000000000000"
# About 2,500 characters of an address; many servers accept 4,000, and some 8,000.
_IDS_IN_FILTER: Final = 40
# Below that, one request for each user is as good as any other way.
_FEW: Final = 4
# After so many requests without an answer, the server is not asked about further users.
_MOST_FAILURES: Final = 3


class People:
    """The users that were read so far, by id; a user that does not exist is in `gone`.

    A user that is missing in the answer to a filter, or in the listing, is read by its id: neither of them
    proves that there is no such user. Keycloak, for example, finds nobody by `id eq`.
    """

    def __init__(self, api: ScimApi) -> None:
        self._api = api
        self._filters = True
        self._by_group: bool | None = None
        self._trying = asyncio.Lock()
        self._listed = False
        self._unanswered = ""
        self._failures = 0
        self.found: dict[str, Person] = {}
        self.gone: set[str] = set()
        self.problems: dict[str, str] = {}

    async def read(self, ids: Iterable[str]) -> None:
        """Read the users with these ids. Raises nothing: a problem is kept by the id of its user."""
        missing = self._missing(ids)
        if len(missing) > _FEW:
            await self._by_filter(missing)
            missing = self._missing(missing)
        if len(missing) > _FEW and not self._listed:
            await self._by_listing(len(missing))
            missing = self._missing(missing)
        await asyncio.gather(*map(self._one, missing))

    async def in_group(self, group: str) -> list[str]:
        """Return the ids of users whose entries say that they are in a group. Raises PortalError.

        Some servers show no members of any group, such as that of Microsoft Entra. A server that does not
        evaluate this filter gives no answer.
        """
        if not await self._evaluates_groups():
            return []
        found = await self._api.users(equals("groups.value", group))
        self._keep(found)
        return [each.id for each in found if each.id]

    async def _evaluates_groups(self) -> bool:
        """Return whether a filter on groups is evaluated: one that is ignored finds users in no group."""
        async with self._trying:
            if self._by_group is None:
                self._by_group = self._api.settings.filters and await self._finds_nobody_in_no_group()
        return self._by_group

    async def _finds_nobody_in_no_group(self) -> bool:
        try:
            return not (await self._api.first_users(equals("groups.value", _NO_GROUP)))[0]
        except ApiError as error:
            # It does not accept the id of a group that does not exist.
            return error.status == HTTPStatus.NOT_FOUND

    def _missing(self, ids: Iterable[str]) -> list[str]:
        known = (self.found, self.gone, self.problems)
        return [each for each in dict.fromkeys(ids) if not any(each in where for where in known)]

    async def _by_filter(self, ids: Sequence[str]) -> None:
        """Try a filter for the first ids; if it finds any of them, use it for the others, too."""
        if not (self._filters and self._api.settings.filters):
            return
        first, *others = _parts(ids)
        await self._part(first)
        if not any(each in self.found for each in first):
            self._filters = False
        if self._filters:
            await asyncio.gather(*map(self._part, others))

    async def _part(self, ids: Sequence[str]) -> None:
        try:
            self._keep(await self._api.users(any_of("id", ids)), ids)
        except PortalError:
            # Each of them is read by its id, and the answer to that is clear.
            self._filters = False

    async def _by_listing(self, missing: int) -> None:
        """List all users, if that takes fewer requests than reading the missing ones by their ids."""
        self._listed = True
        try:
            first, total = await self._api.first_users()
        except PortalError:
            return
        self._keep(first)
        if total is None or total <= missing * max(len(first), 1):
            self._keep(await self._api.listed_users())

    async def _one(self, user: str) -> None:
        if self._unanswered:
            self.problems[user] = self._unanswered
            return
        try:
            found = await self._api.user(user)
        except PortalError as error:
            self._fail(user, error)
            return
        if found is None:
            self.gone.add(user)
        else:
            self.found[user] = found

    def _fail(self, user: str, error: PortalError) -> None:
        self.problems[user] = error.message
        self._failures += not isinstance(error, ApiError)
        if self._failures >= _MOST_FAILURES:
            self._unanswered = error.message

    def _keep(self, people: Iterable[Person], wanted: Collection[str] | None = None) -> None:
        for person in people:
            if person.id is not None and (wanted is None or person.id in wanted):
                self.found.setdefault(person.id, person)


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _IDS_IN_FILTER):
        yield ids[start : start + _IDS_IN_FILTER]

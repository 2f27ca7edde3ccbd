"""Find all users in a group: its own, and those of the groups in it."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from reconciler.errors import PortalError
from reconciler.model.counting import counted
from reconciler.sources.scim.api import ScimApi
from reconciler.sources.scim.messages import DirectoryGroup, Member, known_kind
from reconciler.sources.scim.people import People

MOST_GROUPS: Final = 1000
MOST_LEVELS: Final = 20


class Expansion(msgspec.Struct):
    """The ids of the users in a group and in the groups in it, and of all these groups.

    `problem` says why people may be missing. `empty` says that one of the groups has no members, as far as
    the server shows them. `pair` is a user and the group that lists this user. `others` counts members that
    are neither users nor groups.
    """

    users: dict[str, None] = msgspec.field(default_factory=dict)
    groups: dict[str, None] = msgspec.field(default_factory=dict)
    empty: bool = False
    pair: tuple[str, str] | None = None
    others: int = 0
    problem: str = ""


class Expander:
    """Reads the groups in groups, each of them once in a run; cycles are harmless."""

    def __init__(self, api: ScimApi, people: People) -> None:
        self._api = api
        self._people = people
        self._groups: dict[str, asyncio.Task[DirectoryGroup | None]] = {}
        self._showing: asyncio.Task[Sequence[DirectoryGroup]] | None = None

    async def expand(self, top: DirectoryGroup) -> Expansion:
        """Return everybody in a group. Raises nothing."""
        found = Expansion()
        level = [top]
        for _ in range(MOST_LEVELS):
            below = await self._add(found, level)
            if not below or found.problem:
                return found
            level = await self._read(found, below)
        found.problem = f"groups are in one another on more than {MOST_LEVELS} levels"
        return found

    async def _add(self, found: Expansion, level: Sequence[DirectoryGroup]) -> list[str]:
        """Add the users of groups, and return the ids of the groups in them that are new."""
        below: dict[str, None] = {}
        for group in level:
            found.groups[group.id or ""] = None
        for group in level:
            try:
                below |= await self._add_group(found, group)
            except PortalError as error:
                found.problem = error.message
        new = [each for each in below if each not in found.groups]
        if len(found.groups) + len(new) > MOST_GROUPS:
            found.problem = f"more than {counted(MOST_GROUPS, 'group')} are in it"
        return new

    async def _add_group(self, found: Expansion, group: DirectoryGroup) -> dict[str, None]:
        """Add the users of a group, and return the ids of the groups in it."""
        identity = group.id or ""
        members = group.members
        if not members:
            # Some servers leave members out of lists only.
            again = await self._group(identity)
            members = again.members if again else None
        users, below = await self._sorted(found, members or ())
        if not members:
            users = dict.fromkeys(await self._people.in_group(identity))
            if users and await self._shows_members():
                found.problem = "the group has no members, but entries of users say that they are in it"
        if not users and not below:
            found.empty = True
        found.users |= users
        if users and found.pair is None:
            found.pair = next(iter(users)), identity
        return below

    async def _shows_members(self) -> bool:
        """Return whether the server shows members of any group, which could then be groups, too."""
        if self._showing is None:
            self._showing = asyncio.ensure_future(self._api.first_groups())
        return any(group.members for group in await self._showing)

    async def _sorted(
        self, found: Expansion, members: Iterable[Member]
    ) -> tuple[dict[str, None], dict[str, None]]:
        """Return the ids of users and of groups among members."""
        ids: dict[str, dict[str, None]] = {"user": {}, "group": {}, "": {}}
        for member in members:
            kind = known_kind(member)
            if not member.value:
                found.problem = "a member has no id"
            elif kind in ids:
                ids[kind][member.value] = None
            else:
                found.others += 1
        # A member whose type is not known is a user, unless there is no such user.
        await self._people.read(ids[""])
        unknown = {each: None for each in ids[""] if each in self._people.gone}
        users = {each: None for each in ids[""] if each not in unknown}
        return ids["user"] | users, ids["group"] | unknown

    async def _read(self, found: Expansion, ids: Sequence[str]) -> list[DirectoryGroup]:
        groups = []
        for each, read in zip(
            ids, await asyncio.gather(*map(self._group, ids), return_exceptions=True), strict=True
        ):
            if isinstance(read, PortalError):
                found.problem = read.message
            elif isinstance(read, BaseException):
                raise read
            elif read is not None:
                groups.append(read)
            elif each not in self._people.gone:
                found.problem = f"the group {self._api.redact(each)} in it does not exist"
        return groups

    async def _group(self, group: str) -> DirectoryGroup | None:
        if group not in self._groups:
            self._groups[group] = asyncio.ensure_future(self._api.group(group))
        return await self._groups[group]

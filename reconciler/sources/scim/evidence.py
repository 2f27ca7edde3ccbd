"""Whether people are still in a group, as their own entries say.

Absence is believed only from a server that shows presence in the same way: "no such user" if it shows another
user, "in no group" if it shows a known member of a group in that group.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from reconciler.errors import PortalError
from reconciler.model.directory import Evidence
from reconciler.sources.scim.api import ScimApi, equals
from reconciler.sources.scim.messages import Member, Person, known_kind
from reconciler.sources.scim.people import People

_ATTRIBUTES = "userName,active,groups"


class Witness:
    """Asks for the entries of people. `pair` is a user and a group that lists this user, if one is known."""

    def __init__(self, api: ScimApi, people: People) -> None:
        self._api = api
        self._people = people
        self.pair: tuple[str, str] | None = None
        self._proofs: dict[str, asyncio.Task[bool]] = {}

    async def ask(self, ids: Sequence[str], groups: Collection[str]) -> Mapping[str, Evidence]:
        """Return for each id whether the person is in one of these groups. Raises nothing."""
        return dict(zip(ids, await asyncio.gather(*(self._ask(each, groups) for each in ids)), strict=True))

    async def _ask(self, user: str, groups: Collection[str]) -> Evidence:
        try:
            person = await self._api.user(user, _ATTRIBUTES)
            if person is None:
                return "left" if await self._proven("users") else "unknown"
            if person.active is False:
                return "left"
            if person.groups:
                return "member" if _is_in(person, groups) else "left"
            # Without any group, servers leave the attribute out, and some have no such attribute.
            if await self._proven("groups of users"):
                return "left"
            return await self._by_filter(user, groups)
        except PortalError:
            return "unknown"

    async def _by_filter(self, user: str, groups: Collection[str]) -> Evidence:
        if not self._api.settings.filters:
            return "unknown"
        if await self._filtered(user, groups):
            return "member"
        return "left" if await self._proven("filters") else "unknown"

    async def _filtered(self, user: str, groups: Collection[str]) -> bool:
        """Return whether a filter on members finds the user in one of these groups."""
        found = await self._api.groups(equals("members.value", user), "displayName")
        return any(each.id in groups for each in found)

    async def _proven(self, what: str) -> bool:
        """Return whether the server shows presence in this way; it is tried once."""
        if what not in self._proofs:
            attempt = {
                "users": self._shows_users,
                "groups of users": self._shows_groups,
                "filters": self._evaluates_filters,
            }[what]
            self._proofs[what] = asyncio.ensure_future(attempt())
        return await self._proofs[what]

    async def _shows_users(self) -> bool:
        known = next(iter(self._people.found), None)
        if known is None:
            known = next((each.id for each in (await self._api.first_users())[0]), None)
        return known is not None and await self._api.user(known) is not None

    async def _shows_groups(self) -> bool:
        user, group = await self._known_pair()
        person = await self._api.user(user, _ATTRIBUTES) if user else None
        return person is not None and _is_in(person, {group})

    async def _evaluates_filters(self) -> bool:
        user, group = await self._known_pair()
        return bool(user) and await self._filtered(user, {group})

    async def _known_pair(self) -> tuple[str, str]:
        """Return a user and a group that lists this user; empty texts where none is found."""
        if self.pair is None:
            self.pair = next(
                (
                    (member.value or "", group.id or "")
                    for group in await self._api.first_groups()
                    for member in group.members or ()
                    if _is_user(member)
                ),
                ("", ""),
            )
        return self.pair


def _is_in(person: Person, groups: Collection[str]) -> bool:
    return any(each.value in groups for each in person.groups or ())


def _is_user(member: Member) -> bool:
    return bool(member.value) and known_kind(member) in {"user", ""}

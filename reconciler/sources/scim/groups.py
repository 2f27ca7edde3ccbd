"""Find groups by their names."""

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from http import HTTPStatus

import msgspec

from reconciler.errors import PortalError
from reconciler.http.errors import ApiError
from reconciler.model.counting import counted
from reconciler.sources.scim.api import REFUSED_FILTER, ScimApi, equals
from reconciler.sources.scim.messages import DirectoryGroup


class NamedGroup(msgspec.Struct, frozen=True):
    """The group of a name; without one, `problem` says why, or is empty where there is no such group."""

    group: DirectoryGroup | None = None
    problem: str = ""
    note: str = ""


class GroupFinder:
    """Finds groups by displayName: by filters, and else in a listing of all groups."""

    def __init__(self, api: ScimApi) -> None:
        self._api = api
        self._listed: Mapping[str, list[DirectoryGroup]] | None = None
        self._listing = asyncio.Lock()

    async def find(self, names: Sequence[str]) -> Mapping[str, NamedGroup]:
        """Return the groups by name. Raises ApiError if the server does not accept the token."""
        found = await self._each(names, self._by_filter if self._api.settings.filters else self._in_listing)
        if not any(each.group or each.problem for each in found):
            # A server that finds no group at all may not evaluate filters on this attribute.
            found = await self._each(names, self._in_listing)
        return dict(zip(names, found, strict=True))

    async def _each(
        self, names: Sequence[str], look_up: Callable[[str], Awaitable[list[DirectoryGroup]]]
    ) -> list[NamedGroup]:
        return await asyncio.gather(*(self._find(name, look_up) for name in names))

    async def _find(self, name: str, look_up: Callable[[str], Awaitable[list[DirectoryGroup]]]) -> NamedGroup:
        try:
            return self._chosen(name, await look_up(name))
        except PortalError as error:
            # It concerns no single group. Servers may show their settings to everybody.
            if isinstance(error, ApiError) and error.status == HTTPStatus.UNAUTHORIZED:
                raise
            return NamedGroup(problem=error.message)

    def _chosen(self, name: str, found: Iterable[DirectoryGroup]) -> NamedGroup:
        alike = [each for each in found if _folded(each.display_name) == _folded(name)]
        exact = [each for each in alike if each.display_name == name]
        if len(exact) > 1:
            return NamedGroup(problem=f"{counted(len(exact), 'group')} have this name")
        if not exact and alike:
            return NamedGroup(
                note=f'the name is spelled "{self._api.redact(alike[0].display_name or "")}" there'
            )
        return NamedGroup(exact[0] if exact else None)

    async def _by_filter(self, name: str) -> list[DirectoryGroup]:
        try:
            found = await self._api.groups(equals("displayName", name))
        except ApiError as error:
            if error.status not in REFUSED_FILTER:
                raise
            return await self._in_listing(name)
        if all(_folded(each.display_name) == _folded(name) for each in found):
            return found
        # A server that ignores the filter lists all groups.
        return await self._in_listing(name)

    async def _in_listing(self, name: str) -> list[DirectoryGroup]:
        async with self._listing:
            if self._listed is None:
                self._listed = await self._listing_of_all()
        return self._listed.get(_folded(name), [])

    async def _listing_of_all(self) -> Mapping[str, list[DirectoryGroup]]:
        listed: dict[str, list[DirectoryGroup]] = {}
        for group in await self._api.groups(attributes="displayName"):
            listed.setdefault(_folded(group.display_name), []).append(group)
        return listed


def _folded(name: str | None) -> str:
    """Return what names have in common that differ in case only; servers compare them like that."""
    return unicodedata.normalize("NFC", name or "").casefold()

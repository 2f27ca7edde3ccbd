"""Read a site: one list for each resource type, a page of fifty at a time."""

import asyncio
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

import msgspec

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.lists import Listing, read_list
from reconciler.http.pagination import JsonApi
from reconciler.http.request import Request
from reconciler.model.portal import Progress
from reconciler.portals.drupal.resource_map import ResourceMap, TypeMap
from reconciler.portals.drupal.schemas import ENTRY, ITEMS, Entry, Item
from reconciler.portals.drupal.site import APIS, MEMBERSHIPS, ROLES, USERS, Site

# Drupal sends at most fifty.
PAGE_SIZE: Final = 50
ANONYMOUS_HINT: Final = (
    "check user and password, or the client: Drupal treats a request with a wrong password as anonymous"
)
_PAGES: Final = JsonApi(ITEMS, PAGE_SIZE, lambda item: item.id)


class ListOf(msgspec.Struct, frozen=True):
    """A list to read: its name, type and order, and the fields that are read."""

    name: str
    type: str
    key: str
    fields: tuple[str, ...]

    @property
    def query(self) -> dict[str, str]:
        """The query of the list."""
        return {"sort": self.key, f"fields[{self.type}]": ",".join(dict.fromkeys((self.key, *self.fields)))}


def lists_of(site: ResourceMap) -> Iterator[ListOf]:
    """Yield the lists that a map has."""
    yield _named(USERS, site.users)
    yield _named(APIS, site.apis)
    for kind, each in site.objects.items():
        yield _named(kind, each, *site.relationships(kind))
    if (own := site.memberships) is not None:
        fields = filter(None, (own.team, own.person, own.roles if own.has_admins else ""))
        yield ListOf(MEMBERSHIPS, own.type, own.key, tuple(fields))
        if own.has_admins:
            yield ListOf(ROLES, own.role_type, "drupal_internal__id", ())


def _named(name: str, found: TypeMap, *relationships: str) -> ListOf:
    return ListOf(name, found.type, found.key, (*found.attributes, *relationships))


class SiteReader:
    """Reads the lists of a map."""

    def __init__(self, client: HttpClient, site: ResourceMap, api_path: str) -> None:
        self._client, self._api_path = client, api_path
        self._lists = tuple(lists_of(site))

    async def entry(self) -> Entry:
        """Return the entry point. Raises PortalError unless the site accepts the credentials."""
        found = await self._client.fetch(Request(path=self._api_path), ENTRY)
        if found.me is None:
            why = "it treated the request as anonymous"
            message = f"{self._client.endpoint} does not accept the credentials: {why}"
            raise PortalError(message, ANONYMOUS_HINT)
        return found

    def addresses(self, entry: Entry) -> dict[str, str]:
        """Return the address of each type of the map. Raises PortalError if the site lacks one."""
        found = {each.type: entry.address(each.type) for each in self._lists}
        if lacking := [each for each in self._lists if found[each.type] is None]:
            known = [name for name in entry.links if name != "self"]
            raise PortalError(
                f"{self._client.endpoint} has no resource type "
                + ", ".join(f'"{each.type}" ({each.name})' for each in lacking),
                "; ".join(proposal(each, known) for each in lacking),
            )
        return {name: self._client.resolve(address) for name, address in found.items() if address}

    async def read(self, addresses: Mapping[str, str], progress: Progress) -> Site:
        """Read all lists."""
        found = await asyncio.gather(
            *(self._read(each, addresses[each.type], progress) for each in self._lists)
        )
        problems = [listing.problem for listing in found if listing.problem]
        lists = {each.name: listing.items for each, listing in zip(self._lists, found, strict=True)}
        if not problems:
            problems = [*self._hidden(lists)]
        return Site(lists, "; ".join(problems))

    async def _read(self, each: ListOf, address: str, progress: Progress) -> Listing[Item]:
        return await read_list(
            self._client,
            Request(path=address, query=each.query),
            _PAGES,
            lambda count, total: progress(f"{each.name} list", count, total),
        )

    def _hidden(self, lists: Mapping[str, list[Item]]) -> Iterator[str]:
        """Yield which fields the objects of a list do not show."""
        for each in self._lists:
            if each.name == USERS:
                continue
            for field in each.fields:
                if any(field not in {*item.attributes, *item.relationships} for item in lists[each.name]):
                    what = "which may be hidden or not exist"
                    yield f'"{each.type}" does not show "{field}", {what}'


def proposal(each: ListOf, known: list[str]) -> str:
    """Return what to do about a type that the site does not have."""
    near = get_close_matches(each.type, known, n=3, cutoff=0.4)
    name = {"api-product": "product", "access-group": "group", ROLES: "membership"}.get(each.name, each.name)
    return f"set map.{name}.type to " + (" or ".join(near) if near else "a type that /jsonapi lists")

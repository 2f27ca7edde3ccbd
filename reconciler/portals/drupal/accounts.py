"""The accounts of people: found by address, and created where the credentials may do that."""

from http import HTTPStatus
from typing import Final

from reconciler.http.errors import ApiError
from reconciler.model.ids import decoded
from reconciler.portals.drupal.index import Index
from reconciler.portals.drupal.mapping import person_of
from reconciler.portals.drupal.resource_map import ResourceMap
from reconciler.portals.drupal.site_api import SiteApi, stable_uuid

# Drupal refuses to filter by an attribute that the account may not see.
_FORBIDDEN: Final = HTTPStatus.FORBIDDEN


class Accounts:
    """The accounts of a site."""

    def __init__(self, index: Index, site_map: ResourceMap) -> None:
        self._index, self._map = index, site_map

    async def of(self, api: SiteApi, person: str) -> list[str]:
        """Return the accounts of an encoded address; one is created if there is none."""
        return self._index.people(person) or [await self._create(api, person)]

    async def _create(self, api: SiteApi, person: str) -> str:
        users, address = self._map.users, decoded(person)
        uuid = stable_uuid("user", address)
        names = {self._map.login: address} if self._map.login else {}
        try:
            await api.create(users.type, uuid, {**names, users.name: address, "status": True}, {})
        except ApiError as error:
            # Another user or another change of this run may have created the person.
            found = error.status == HTTPStatus.UNPROCESSABLE_ENTITY and await self._find(api, person)
            if not found:
                raise
            uuid = found
        self._index.put_person(person, uuid)
        return uuid

    async def _find(self, api: SiteApi, person: str) -> str | None:
        """Return the account with an address; without the right to filter by it, read the whole list."""
        users = self._map.users
        try:
            found = await api.find(users.type, {users.name: decoded(person)})
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise
            found = await api.find(users.type, {})
        return next((each.id for each in found if person_of(each, users) == person), None)

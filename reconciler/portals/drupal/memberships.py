"""Write memberships that are objects of their own, such as those of the module Group."""

from http import HTTPStatus

from reconciler.http.errors import ApiError
from reconciler.model.kinds import parents
from reconciler.model.plan import Change
from reconciler.portals.drupal.accounts import Accounts
from reconciler.portals.drupal.index import Index
from reconciler.portals.drupal.resource_map import MembershipMap, ResourceMap
from reconciler.portals.drupal.schemas import Item
from reconciler.portals.drupal.site_api import Linkage, SiteApi, many, one, stable_uuid
from reconciler.portals.refusals import changed


class MembershipWriter:
    """Writes memberships."""

    def __init__(self, index: Index, site_map: ResourceMap, own: MembershipMap, accounts: Accounts) -> None:
        self._index, self._map, self._own, self._accounts = index, site_map, own, accounts

    async def write(self, api: SiteApi, change: Change, *, again: bool) -> None:
        """Make a change. `again` says that an earlier attempt may have made it. Raises PortalError."""
        item = await self._found(api, change)
        if again and self._fields(item) == change.after:
            return
        if self._fields(item) != change.before:
            raise changed(change.id)
        if item is None:
            await self._create(api, change)
        elif change.action == "delete":
            await api.delete(item)
            self._index.put_membership(change.id, None)
        else:
            method = "POST" if self._is_admin(change) else "DELETE"
            await api.relate(method, item, self._own.roles, self._admin_role())

    async def applied(self, api: SiteApi, change: Change) -> bool:
        """Return whether the site has a change. Raises PortalError."""
        return self._fields(await self._found(api, change)) == change.after

    async def _create(self, api: SiteApi, change: Change) -> None:
        team = self._index.object(parents(change.id)[0])
        [person, *_] = await self._accounts.of(api, change.id.rpartition("/")[2])
        relationships: dict[str, Linkage] = {
            self._own.team: one(self._map.objects["team"].type, team),
            self._own.person: one(self._map.users.type, person),
        }
        if self._is_admin(change):
            relationships[self._own.roles] = self._admin_role()
        uuid = stable_uuid("membership", team, person)
        # No other request creates this id: with it, a repeated request has made the membership.
        try:
            await api.create(self._own.type, uuid, {}, relationships)
        except ApiError as error:
            if error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            if await api.get_after_write(self._own.type, uuid) is None:
                raise
        self._index.put_membership(change.id, uuid)

    async def _found(self, api: SiteApi, change: Change) -> Item | None:
        """Return a membership as it is now."""
        uuid = self._index.membership(change.id)
        if uuid is not None:
            return await api.get(self._own.type, uuid)
        people = self._index.people(change.id.rpartition("/")[2])
        if not people:
            return None
        team = self._index.object(parents(change.id)[0])
        ids = {f"{self._own.team}.id": team, f"{self._own.person}.id": people[0]}
        found = await api.find(self._own.type, ids)
        if found:
            self._index.put_membership(change.id, found[0].id)
        return found[0] if found else None

    def _fields(self, item: Item | None) -> dict[str, str] | None:
        if item is None or not self._own.has_admins:
            return None if item is None else {}
        return {"role": "admin" if self._index.admin_role in item.ids(self._own.roles) else "member"}

    def _is_admin(self, change: Change) -> bool:
        return (change.after or {}).get("role") == "admin"

    def _admin_role(self) -> list[dict[str, str]]:
        return many(self._own.role_type, [self._index.admin_role])

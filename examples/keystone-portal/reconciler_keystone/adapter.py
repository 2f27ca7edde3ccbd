"""The adapter: domains are partners, groups are teams, and roles in projects give access to APIs."""

import asyncio
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_all
from reconciler.http.pagination import NextQuery
from reconciler.http.request import Request, Response, Tally
from reconciler.model.health import Check
from reconciler.model.ids import last_name
from reconciler.model.kinds import name_in, team_of
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Progress, TextLimit
from reconciler.model.resource import Resource
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.portals.refusals import in_use
from reconciler.portals.unversioned import Key, Mapped, UnversionedAdapter
from reconciler_keystone import mapping
from reconciler_keystone.checks import RIGHTS, checks
from reconciler_keystone.schemas import LISTS, ONE, PAGED, Object

CAPABILITIES: Final = Capabilities(
    kinds=frozenset({"partner", "team", "membership", "api-grant"}),
    fields=frozenset({"partner.displayName", "team.displayName", "api-grant.level"}),
    renames=frozenset({"partner", "team"}),
    team_admins=False,
    developer_grants=False,
    grants_before_account=False,
    enforces_until=False,
    owner_labels=True,
    invitations=False,
    preconditions=False,
    keys_outlive_grants=False,
    limits={"partner.name": TextLimit(64), "team.name": TextLimit(64)},
)
_PROOF: Final = "the user sees the whole system; each list has no further page, and none is truncated"


class KeystoneAdapter(UnversionedAdapter):
    """One Keystone. The domain called `home` has a project for each API, and the accounts of people."""

    def __init__(self, client: HttpClient, home: str, page_size: int = 500) -> None:
        super().__init__(client, CAPABILITIES)
        self._home = home
        self._page_size = {"limit": str(page_size)}

    def checks(self) -> Sequence[Check]:
        """Return what `reconciler doctor` checks."""
        return checks(self.client)

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:  # noqa: ARG002  reads all labels
        """Read all domains, groups, members, projects and role assignments."""
        estate = await self._estate(progress)
        references, problem = mapping.references(estate), mapping.problem(estate)
        resources, native = self.remember(mapping.mapped(estate), references)
        return Snapshot(
            # The id of the domain alone can be `default` in every Keystone.
            portal_id=f"{estate.home.id}/{references['role/reader']}",
            resources=resources,
            apis=mapping.offered(estate),
            native=native,
            proof="" if problem else _PROOF,
            problem=problem,
            accounts=mapping.accounts(estate),
        )

    async def _estate(self, progress: Progress) -> mapping.Estate:
        domains, groups, users, projects = await asyncio.gather(*(self._pages(each) for each in PAGED))
        progress("teams", len(groups), None)
        members = await asyncio.gather(*(self._whole("users", f"groups/{each.id}/users") for each in groups))
        roles, assigned = await self._whole("roles"), await self._whole("role_assignments")
        home = next((domain for domain in domains if domain.name == self._home), None)
        if home is None:
            raise PortalError(f"{self.client.endpoint} does not show the domain {self._home}", RIGHTS)
        return mapping.Estate(home, domains, groups, members, users, projects, roles, assigned)

    def batch_key(self, change: Change) -> str | None:
        """Return the person of a membership: it may be the first one, which creates the account."""
        return last_name(change.id) if change.kind == "membership" else None

    async def current(self, change: Change) -> Mapped | None:
        """Read a domain, a group, a member of a group, or the level of a group in a project."""
        if change.kind in mapping.COLLECTIONS:
            return await self._current_object(change)
        path = self._path(change)
        if change.kind == "membership":
            there = path and await self.client.find(Request(path=path, method="HEAD", safe=True))
            return (Resource(change.id, {}), Key(path)) if there else None
        level = mapping.level(await self._roles(path))
        return (Resource(change.id, {"level": level}), Key(path)) if level else None

    async def _current_object(self, change: Change) -> Mapped | None:
        """Return a domain or group: by its id or, if it is new, by its name."""
        names, native = mapping.COLLECTIONS[change.kind], self.ids.of(change)
        if native is None:
            found = await self._whole(names, **mapping.place(change, self.ids))
        else:
            response = await self.client.find(Request(path=f"{names}/{native}"))
            found = [self._one(response)] if response else []
        return mapping.named(found[0], change) if found else None

    async def send(self, change: Change, owner_label: str, tally: Tally) -> str | None:
        """Write a domain, a group, a member of a group, or the level of a group in a project."""
        if change.kind in mapping.COLLECTIONS:
            return await self._send_object(change, owner_label, tally)
        if change.kind == "membership":
            if not self._path(change):
                await self._create_user(change, tally)
            await self.request("DELETE" if change.after is None else "PUT", self._path(change), tally)
            return None
        path = self._path(change)
        held, wanted = await self._roles(path), mapping.roles(change)
        # The new role comes first, so that nobody loses access in between.
        for role in (*(wanted - held), *(held - wanted)):
            method = "PUT" if role in wanted else "DELETE"
            await self.request(method, f"{path}/{self.ids[f'role/{role}']}", tally)
        return None

    async def _send_object(self, change: Change, label: str, tally: Tally) -> str | None:
        names, one = mapping.COLLECTIONS[change.kind], mapping.OBJECTS[change.kind]
        path, values = f"{names}/{self.ids.of(change)}", mapping.attributes(change, label)
        if change.action == "create":
            body = {one: values | mapping.place(change, self.ids)}
            return self._one(await self.request("POST", names, tally, body)).id
        if change.action != "delete":
            await self.request("PATCH", path, tally, {one: values})
            return None
        for name, content, query in mapping.contents(change, self.ids[change.id]):
            # Keystone would delete it, too.
            if await self._whole(name, content, **query):
                raise in_use(change.id, f"it has {name}")
        if change.kind == "partner":
            # Keystone deletes only domains that are disabled.
            await self.request("PATCH", path, tally, {one: {"enabled": False}})
        await self.request("DELETE", path, tally)
        return None

    async def _create_user(self, change: Change, tally: Tally) -> None:
        response = await self.request("POST", "users", tally, {"user": mapping.place(change, self.ids)})
        self.ids.put(f"developer/{last_name(change.id)}", self._one(response).id)

    def _path(self, change: Change) -> str:
        """Return the address of a member, empty without a user, or of the roles of a group in a project."""
        group = self.ids[f"{team_of(change.id)}"]
        if change.kind == "api-grant":
            project = self.ids[f"api/{name_in(change.id, 'api')}"]
            return f"projects/{project}/groups/{group}/roles"
        user = self.ids.get(f"developer/{last_name(change.id)}")
        return f"groups/{group}/users/{user}" if user else ""

    async def _pages(self, name: str) -> list[Object]:
        """Read a list that Keystone divides into pages if it is asked to; otherwise it ends at 1,000."""
        pages = NextQuery(LISTS[name], self._page_size, mapping.page, attrgetter("id"))
        return await read_all(self.client, Request(path=name), pages)

    async def _whole(self, name: str, path: str = "", /, **query: str) -> list[Any]:
        """Read a list that Keystone sends as a whole. With a limit, every page would be the first."""
        found = await self.client.fetch(Request(path=path or name, query=query), LISTS[name])
        if found.truncated:
            raise PortalError(f"{self.client.endpoint}: /{path or name} is truncated", "raise its list_limit")
        return list(found.items)

    async def _roles(self, path: str) -> set[str]:
        return {role.name for role in await self._whole("roles", path)} & mapping.LEVELS.keys()

    def _one(self, response: Response) -> Object:
        [found] = self.client.decode(response, ONE).values()
        return found

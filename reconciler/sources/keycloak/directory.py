"""A realm of Keycloak as a directory: who is in a group, by its list and by the entry of each person."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError, unexpected
from reconciler.http.lists import read_list
from reconciler.http.pagination import Offset
from reconciler.http.request import Request
from reconciler.model.counting import people
from reconciler.model.directory import DirectoryPerson, Evidence, GroupAnswer
from reconciler.model.health import Check, CheckResult, ok
from reconciler.model.portal import Progress
from reconciler.sources.checks import groups_result
from reconciler.sources.keycloak.groups import NamedGroup, find_group
from reconciler.sources.keycloak.rights import require_rights
from reconciler.sources.keycloak.schemas import GROUPS, USER, USERS, Group, User

PAGE_SIZE: Final = 500
_BRIEF: Final = {"briefRepresentation": "true"}
_MAX_GROUPS: Final = 10_000
_MAX_SHOWN: Final = 3
_SERVICE_ACCOUNT: Final = "service-account-"
_NO_USER: Final = "User not found"


class KeycloakDirectory:
    """Reads groups with the Admin REST API; nothing is written.

    Subgroups are groups of their own: their people are not in the group above.
    """

    def __init__(self, client: HttpClient, realm: str, page_size: int = PAGE_SIZE) -> None:
        self._client = client
        self._realm = realm
        # A federation may leave out people after a page was cut, so that a short page is not the end.
        self._pages = Offset(USERS, page_size, _id, capped=True)
        self._found: dict[str, NamedGroup] = {}

    async def read(self, groups: Sequence[str], progress: Progress) -> Mapping[str, GroupAnswer]:
        """Return the answer about each group. Raises PortalError if the account cannot see them."""
        await require_rights(self._client, self._realm)
        done = 0

        async def read(name: str) -> GroupAnswer:
            nonlocal done
            answer = await self._answer(name)
            done += 1
            progress("groups", done, len(groups))
            return answer

        answers = await asyncio.gather(*map(read, groups))
        return dict(zip(groups, answers, strict=True))

    async def confirm(self, group: str, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Return for each id what the person's own entry says. Raises PortalError if one cannot be read."""
        named = self._found.get(group) or await find_group(self._client, group)
        if named.group is None:
            return dict.fromkeys(ids, "unknown")
        found = named.group
        evidence = await asyncio.gather(*(self._evidence(found, each) for each in ids))
        return dict(zip(ids, evidence, strict=True))

    def checks(self, groups: Sequence[str]) -> list[Check]:
        """Return the checks of the service account, its rights, and the groups that teams name."""

        async def account() -> CheckResult:
            auth = self._client.endpoint.auth
            await auth.headers()
            return ok(f"an access token for {auth.source}")

        async def right_read() -> CheckResult:
            await require_rights(self._client, self._realm)
            return ok("reads users and groups")

        async def exist() -> CheckResult:
            found = await asyncio.gather(*(find_group(self._client, name) for name in groups))
            problems = {name: each.reason for name, each in zip(groups, found, strict=True) if each.reason}
            return groups_result(len(groups), problems)

        return [
            Check("account", account, needs=()),
            Check("right-read", right_read),
            Check("groups", exist, needs=("account", "right-read")),
        ]

    async def _answer(self, name: str) -> GroupAnswer:
        try:
            named = self._found[name] = await find_group(self._client, name)
            if named.group is None:
                return GroupAnswer("absent" if named.is_absent else "partial", reason=named.reason)
            return await self._members(named.group)
        except PortalError as error:
            return GroupAnswer("partial", reason=error.message)

    async def _members(self, group: Group) -> GroupAnswer:
        request = Request(path=f"groups/{quote(group.id, safe='')}/members", query=_BRIEF)
        listing = await read_list(self._client, request, self._pages, lambda *_: None)
        persons = [user for user in listing.items if not await self._is_service_account(user)]
        rows = tuple(DirectoryPerson(user.id, user.email or "", user.enabled) for user in persons)
        notes = tuple(self._notes(persons))
        if listing.problem:
            return GroupAnswer("partial", rows, listing.problem, notes)
        return GroupAnswer("complete" if rows else "empty", rows, notes=notes)

    async def _is_service_account(self, user: User) -> bool:
        """Return whether this is the user of a client: searches show people alone."""
        if not user.username.startswith(_SERVICE_ACCOUNT):
            return False
        query = {"search": f'"{user.username}"', "first": "0", "max": "100", **_BRIEF}
        found = await self._client.fetch(Request(path="users", query=query), USERS)
        return user.id not in {each.id for each in found}

    def _notes(self, persons: Sequence[User]) -> list[str]:
        names = [user.username for user in persons if user.enabled and not user.email]
        if not names:
            return []
        more = f" and {len(names) - _MAX_SHOWN:,} more" if len(names) > _MAX_SHOWN else ""
        shown = ", ".join(self._client.endpoint.redact(name) for name in names[:_MAX_SHOWN])
        return [f"{people(len(names))} without an e-mail address: {shown}{more}"]

    async def _evidence(self, group: Group, person: str) -> Evidence:
        if not person.strip("."):
            # An HTTP client would resolve it, so that another address would be asked.
            return "unknown"
        path = f"users/{quote(person, safe='')}"
        try:
            user = await self._client.fetch(Request(path=path), USER)
            if user.id != person:
                raise unexpected(self._client.endpoint, f"another user than {path}")
            if not user.enabled:
                return "left"
            query = {"first": "0", "max": str(_MAX_GROUPS), **_BRIEF}
            groups = await self._client.fetch(Request(path=f"{path}/groups", query=query), GROUPS)
        except ApiError as error:
            # A proxy or another server may answer with 404, too.
            if error.status == HTTPStatus.NOT_FOUND and error.detail == _NO_USER:
                return "left"
            raise
        if group.id in {each.id for each in groups}:
            return "member"
        return "unknown" if len(groups) >= _MAX_GROUPS else "left"


def _id(user: User) -> str:
    return user.id

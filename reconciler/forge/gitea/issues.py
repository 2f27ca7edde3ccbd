"""Our own issues on Gitea."""

from typing import Final

import msgspec

from reconciler.forge.comment_text import begins_with
from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitea.schemas import Opened, User
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_items
from reconciler.http.pagination import TotalHeader
from reconciler.http.request import Request
from reconciler.model.forge import Issue

_ISSUE: Final = msgspec.json.Decoder(Opened)
_ISSUES: Final = TotalHeader(msgspec.json.Decoder(tuple[Opened, ...] | None), PAGE_SIZE)


class Issues:
    """The issues of one repository that one user opened."""

    def __init__(self, client: HttpClient, path: str, user: User) -> None:
        self._client = client
        self._path = path
        self._user = user

    async def find(self, marker: str) -> Issue | None:
        """Return the open issue that begins with the marker."""
        # Gitea finds no user of the system by name.
        creator = {"created_by": self._user.login} if self._user.id > 0 else {}
        request = Request(path=self._path, query={"state": "open", "type": "issues", **creator})
        async for each in read_items(self._client, request, _ISSUES):
            is_own = each.user is not None and each.user.id == self._user.id
            if is_own and begins_with(each.body, marker):
                return Issue(each.number, each.body)
        return None

    async def create(self, title: str, body: str, marker: str) -> Issue:
        """Create an issue."""
        request = Request(method="POST", path=self._path, body={"title": title, "body": body})

        async def create() -> Issue:
            created = await self._client.fetch(request, _ISSUE)
            return Issue(created.number, created.body)

        async def find() -> Issue | None:
            return await self.find(marker)

        return await create_idempotently(self._client, create, find)

    async def change(self, issue: Issue, body: str, *, close: bool) -> None:
        """Update an issue, and close it if requested."""
        closing = {"state": "closed"} if close else {}
        path, changes = f"{self._path}/{issue.number}", {"body": body, **closing}
        await self._client.send(Request(method="PATCH", path=path, body=changes, repeatable=True))

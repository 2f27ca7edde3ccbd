"""Our own issues on GitLab."""

from typing import Final

import msgspec

from reconciler.forge.comment_text import begins_with
from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitlab.schemas import Opened
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_items
from reconciler.http.pagination import PageHeader
from reconciler.http.request import Request
from reconciler.model.forge import Issue

_ISSUE: Final = msgspec.json.Decoder(Opened)
_ISSUES: Final = PageHeader(msgspec.json.Decoder(tuple[Opened, ...]), PAGE_SIZE)


class Issues:
    """The issues of one project that one user opened."""

    def __init__(self, client: HttpClient, path: str, user: int) -> None:
        self._client = client
        self._path = path
        self._user = user

    async def find(self, marker: str) -> Issue | None:
        """Return the open issue that begins with the marker."""
        request = Request(path=self._path, query={"state": "opened", "author_id": str(self._user)})
        async for each in read_items(self._client, request, _ISSUES):
            if each.author.id == self._user and begins_with(each.description, marker):
                return Issue(each.iid, each.description or "")
        return None

    async def create(self, title: str, body: str, marker: str) -> Issue:
        """Create an issue."""
        request = Request(method="POST", path=self._path, body={"title": title, "description": body})

        async def create() -> Issue:
            created = await self._client.fetch(request, _ISSUE)
            return Issue(created.iid, created.description or "")

        async def find() -> Issue | None:
            return await self.find(marker)

        return await create_idempotently(self._client, create, find)

    async def change(self, issue: Issue, body: str, *, close: bool) -> None:
        """Update an issue, and close it if requested."""
        closing = {"state_event": "close"} if close else {}
        path, changes = f"{self._path}/{issue.number}", {"description": body, **closing}
        await self._client.send(Request(method="PUT", path=path, body=changes, repeatable=True))

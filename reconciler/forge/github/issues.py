"""Our own issues on GitHub."""

from typing import Final

import msgspec

from reconciler.forge.comment_text import begins_with
from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.github.schemas import Opened
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_items
from reconciler.http.pagination import LinkHeader
from reconciler.http.request import Request
from reconciler.model.forge import Issue

_ISSUE: Final = msgspec.json.Decoder(Opened)
_ISSUES: Final = LinkHeader[Opened](msgspec.json.Decoder(tuple[Opened, ...]), PAGE_SIZE)


class Issues:
    """The issues of one repository that one author opened."""

    def __init__(self, client: HttpClient, path: str, login: str) -> None:
        self._client = client
        self._path = path
        self._login = login

    async def find(self, marker: str) -> Issue | None:
        """Return the open issue that begins with the marker; the list contains pull requests, too."""
        request = Request(path=self._path, query={"state": "open", "creator": self._login})
        async for each in read_items(self._client, request, _ISSUES):
            is_own = each.user is not None and each.user.login == self._login
            if is_own and each.pull_request is None and begins_with(each.body, marker):
                return Issue(each.number, each.body or "")
        return None

    async def create(self, title: str, body: str, marker: str) -> Issue:
        """Create an issue."""
        request = Request(method="POST", path=self._path, body={"title": title, "body": body})

        async def create() -> Issue:
            created = await self._client.fetch(request, _ISSUE)
            return Issue(created.number, created.body or "")

        async def find() -> Issue | None:
            return await self.find(marker)

        return await create_idempotently(self._client, create, find)

    async def change(self, issue: Issue, body: str, *, close: bool) -> None:
        """Update an issue, and close it if requested."""
        closing = {"state": "closed", "state_reason": "completed"} if close else {}
        path, changes = f"{self._path}/{issue.number}", {"body": body, **closing}
        await self._client.send(Request(method="PATCH", path=path, body=changes, repeatable=True))

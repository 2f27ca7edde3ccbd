"""Issues that we open, keep up to date and close."""

from reconciler.forge.comment_text import begins_with
from reconciler.forge.gitlab.pagination import pages
from reconciler.forge.gitlab.schemas import Opened
from reconciler.forge.http import ForgeClient, Request
from reconciler.forge.idempotency import create_idempotently
from reconciler.model.forge import Issue


class Issues:
    """The issues of one project that one user opened."""

    def __init__(self, client: ForgeClient, path: str, user: int) -> None:
        self._client = client
        self._user = user
        self._path = f"{path}/issues"

    async def find(self, marker: str) -> Issue | None:
        """Return the open issue that begins with the marker."""
        query = {"state": "opened", "author_id": str(self._user)}
        async for answer in pages(self._client, self._path, query):
            for each in self._client.read(answer, tuple[Opened, ...]):
                if each.author.id == self._user and begins_with(each.description, marker):
                    return Issue(each.iid, each.description or "")
        return None

    async def create(self, title: str, body: str, marker: str) -> Issue:
        """Open an issue."""
        request = Request(method="POST", path=self._path, body={"title": title, "description": body})

        async def make() -> Issue:
            made = self._client.read(await self._client.send(request), Opened)
            return Issue(made.iid, made.description or "")

        async def find() -> Issue | None:
            return await self.find(marker)

        return await create_idempotently(self._client, make, find)

    async def change(self, issue: Issue, body: str, *, close: bool) -> None:
        """Write an issue anew, and close it if it is done with."""
        closing = {"state_event": "close"} if close else {}
        path = f"{self._path}/{issue.number}"
        await self._client.send(Request(method="PUT", path=path, body={"description": body, **closing}))

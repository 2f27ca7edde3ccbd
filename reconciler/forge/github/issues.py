"""Issues that we open, keep up to date and close."""

from reconciler.forge.comment_text import begins_with
from reconciler.forge.github.pagination import Pages
from reconciler.forge.github.schemas import Opened
from reconciler.forge.http import ForgeClient, Request
from reconciler.forge.idempotency import create_idempotently
from reconciler.model.forge import Issue


class Issues:
    """The issues of one repository that one author opened."""

    def __init__(self, client: ForgeClient, login: str) -> None:
        self._client = client
        self._login = login
        self._path = f"repos/{client.settings.project}/issues"

    async def find(self, marker: str) -> Issue | None:
        """Return the open issue that begins with the marker; pull requests are listed, too, and are none."""
        query = {"state": "open", "creator": self._login}
        async for answer in self._client.pages(self._path, query, Pages(self._client)):
            for each in self._client.read(answer, tuple[Opened, ...]):
                ours = each.user is not None and each.user.login == self._login
                if ours and each.pull_request is None and begins_with(each.body, marker):
                    return Issue(each.number, each.body or "")
        return None

    async def create(self, title: str, body: str, marker: str) -> Issue:
        """Open an issue."""
        request = Request(method="POST", path=self._path, body={"title": title, "body": body})

        async def make() -> Issue:
            made = self._client.read(await self._client.send(request), Opened)
            return Issue(made.number, made.body or "")

        async def find() -> Issue | None:
            return await self.find(marker)

        return await create_idempotently(self._client, make, find)

    async def change(self, issue: Issue, body: str, *, close: bool) -> None:
        """Write an issue anew, and close it if it is done with."""
        closing = {"state": "closed", "state_reason": "completed"} if close else {}
        path = f"{self._path}/{issue.number}"
        await self._client.send(Request(method="PATCH", path=path, body={"body": body, **closing}))

"""What forges have in common about pull requests that we open, keep up to date and merge."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection
from typing import Final

import msgspec

from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request
from reconciler.model.forge import Proposal, ProposalDraft


class _Opened(msgspec.Struct, frozen=True):
    number: int


_OPENED: Final = msgspec.json.Decoder(_Opened)


async def open_once(
    client: HttpClient, create: Callable[[], Awaitable[int]], find: Callable[[], Awaitable[Proposal | None]]
) -> int:
    """Open a pull request and return its number; after a lost response, find the one that is open."""

    async def find_open() -> int | None:
        found = await find()
        return found.number if found and found.state == "open" else None

    return await create_idempotently(client, create, find_open)


async def merge_or_reason(client: HttpClient, request: Request, refusals: Collection[int]) -> str:
    """Send a merge; return why the forge refuses it with one of these statuses, or ""."""
    try:
        await client.send(request)
    except ApiError as error:
        if error.status in refusals and error.wait is None:
            return error.detail
        raise
    return ""


class PullRequests(ABC):
    """The pull requests from branches of the repository at a path, where GitHub and Gitea agree."""

    def __init__(self, client: HttpClient, path: str) -> None:
        self._client = client
        self._path = path

    @abstractmethod
    async def find(self, branch: str, base: str) -> Proposal | None:
        """Return the newest pull request from a branch, without those from forks."""

    async def open(self, draft: ProposalDraft) -> int:
        """Open a pull request."""
        body = {"title": draft.title, "body": draft.body, "head": draft.branch, "base": draft.base}
        request = Request(method="POST", path=f"{self._path}/pulls", body=body)

        async def create() -> int:
            return (await self._client.fetch(request, _OPENED)).number

        return await open_once(self._client, create, lambda: self.find(draft.branch, draft.base))

    async def change(self, number: int, body: str, *, close: bool) -> None:
        """Change the text of a pull request, and close it if requested."""
        changes = {"body": body, **({"state": "closed"} if close else {})}
        path = f"{self._path}/pulls/{number}"
        await self._client.send(Request(method="PATCH", path=path, body=changes, repeatable=True))

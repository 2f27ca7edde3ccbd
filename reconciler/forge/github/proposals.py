"""Pull requests that we open from a branch, keep up to date and merge on GitHub."""

from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.github.schemas import MergeSettings, Pull
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import LinkHeader
from reconciler.http.request import Request
from reconciler.model.forge import Proposal, ProposalDraft

_PULL: Final = msgspec.json.Decoder(Pull)
_PULLS: Final = LinkHeader[Pull](msgspec.json.Decoder(tuple[Pull, ...]), PAGE_SIZE)
_SETTINGS: Final = msgspec.json.Decoder(MergeSettings)
# Checks are missing, there are conflicts, or the head is another one.
_UNMERGED: Final = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.CONFLICT)


class Proposals:
    """The pull requests from branches of one repository; `project` is its name with that of its owner."""

    def __init__(self, client: HttpClient, project: str) -> None:
        self._client = client
        self._project = project
        self._path = f"repos/{project}"

    async def find(self, branch: str, base: str) -> Proposal | None:
        """Return the newest pull request from a branch, without those from forks."""
        owner = self._project.partition("/")[0]
        query = {"head": f"{owner}:{branch}", "base": base, "state": "all", "sort": "created"}
        request = Request(path=f"{self._path}/pulls", query={**query, "direction": "desc"})
        async for each in read_items(self._client, request, _PULLS):
            if each.head.is_from(self._project, branch) and each.base.ref == base:
                return _proposal(each)
        return None

    async def open(self, draft: ProposalDraft) -> int:
        """Open a pull request."""
        body = {"title": draft.title, "body": draft.body, "head": draft.branch, "base": draft.base}
        request = Request(method="POST", path=f"{self._path}/pulls", body=body)

        async def create() -> int:
            return (await self._client.fetch(request, _PULL)).number

        async def find() -> int | None:
            found = await self.find(draft.branch, draft.base)
            return found.number if found and found.state == "open" else None

        return await create_idempotently(self._client, create, find)

    async def change(self, number: int, body: str, *, close: bool) -> None:
        """Change the text of a pull request, and close it if requested."""
        changes = {"body": body, **({"state": "closed"} if close else {})}
        path = f"{self._path}/pulls/{number}"
        await self._client.send(Request(method="PATCH", path=path, body=changes, repeatable=True))

    async def merge(self, number: int, head: str) -> str:
        """Merge a pull request whose head is this one; return why GitHub does not."""
        settings = await self._client.fetch(Request(path=self._path), _SETTINGS)
        body = {"sha": head, "merge_method": settings.method}
        try:
            # A merge can be repeated: the second one is refused.
            await self._client.send(
                Request(method="PUT", path=f"{self._path}/pulls/{number}/merge", body=body)
            )
        except ApiError as error:
            if error.status in _UNMERGED and error.wait is None:
                return error.detail
            raise
        return ""


def _proposal(pull: Pull) -> Proposal:
    return Proposal(
        number=pull.number,
        head=pull.head.sha,
        state="merged" if pull.merged_at else "open" if pull.state == "open" else "closed",
        author=pull.user.login if pull.user else "",
        body=pull.body or "",
    )

"""Merge requests that we open from a branch, keep up to date and merge on GitLab."""

from http import HTTPStatus
from typing import Final, Literal

import msgspec

from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitlab.schemas import MergeRequest
from reconciler.forge.pull_requests import merge_or_reason, open_once
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_items
from reconciler.http.pagination import PageHeader
from reconciler.http.request import Request
from reconciler.model.forge import Proposal, ProposalDraft

_MERGE_REQUEST: Final = msgspec.json.Decoder(MergeRequest)
_MERGE_REQUESTS: Final = PageHeader(msgspec.json.Decoder(tuple[MergeRequest, ...]), PAGE_SIZE)
_STATES: Final[dict[str, Literal["open", "merged"]]] = {"opened": "open", "merged": "merged"}
# Pipelines are missing, there are conflicts, or the head is another one.
_UNMERGED: Final = (
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


class Proposals:
    """The merge requests from branches of the project at this path."""

    def __init__(self, client: HttpClient, path: str) -> None:
        self._client = client
        self._path = f"{path}/merge_requests"

    async def find(self, branch: str, base: str) -> Proposal | None:
        """Return the newest merge request from a branch, without those from forks."""
        query = {"source_branch": branch, "target_branch": base, "order_by": "created_at", "sort": "desc"}
        request = Request(path=self._path, query={**query, "state": "all"})
        async for each in read_items(self._client, request, _MERGE_REQUESTS):
            if each.is_from(branch) and each.target_branch == base:
                return _proposal(each)
        return None

    async def open(self, draft: ProposalDraft) -> int:
        """Open a merge request."""
        body = {
            "title": draft.title,
            "description": draft.body,
            "source_branch": draft.branch,
            "target_branch": draft.base,
        }
        request = Request(method="POST", path=self._path, body=body)

        async def create() -> int:
            return (await self._client.fetch(request, _MERGE_REQUEST)).iid

        return await open_once(self._client, create, lambda: self.find(draft.branch, draft.base))

    async def change(self, number: int, body: str, *, close: bool) -> None:
        """Change the text of a merge request, and close it if requested."""
        changes = {"description": body, **({"state_event": "close"} if close else {})}
        path = f"{self._path}/{number}"
        await self._client.send(Request(method="PUT", path=path, body=changes, repeatable=True))

    async def merge(self, number: int, head: str) -> str:
        """Merge a merge request whose head is this one; return why GitLab does not."""
        request = Request(method="PUT", path=f"{self._path}/{number}/merge", body={"sha": head})
        return await merge_or_reason(self._client, request, _UNMERGED)


def _proposal(found: MergeRequest) -> Proposal:
    return Proposal(
        number=found.iid,
        head=found.sha,
        state=_STATES.get(found.state, "closed"),
        author=found.author.username,
        body=found.description or "",
    )

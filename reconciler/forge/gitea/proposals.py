"""Pull requests that we open from a branch, keep up to date and merge on Gitea."""

from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitea.schemas import MergeSettings, Pull
from reconciler.forge.pull_requests import PullRequests, merge_or_reason
from reconciler.http.lists import read_items
from reconciler.http.pagination import TotalHeader
from reconciler.http.request import Request
from reconciler.model.forge import Proposal

_PULLS: Final = TotalHeader(msgspec.json.Decoder(tuple[Pull, ...] | None), PAGE_SIZE)
_SETTINGS: Final = msgspec.json.Decoder(MergeSettings)
# Checks are missing, there are conflicts, or the head is another one.
_UNMERGED: Final = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.CONFLICT)


class Proposals(PullRequests):
    """The pull requests from branches of the repository at this path."""

    async def find(self, branch: str, base: str) -> Proposal | None:
        """Return the newest pull request from a branch, without those from forks.

        Gitea cannot search for a branch, and lists the newest first.
        """
        request = Request(path=f"{self._path}/pulls", query={"state": "all"})
        async for each in read_items(self._client, request, _PULLS):
            if each.is_from(branch) and each.base.ref == base:
                return _proposal(each)
        return None

    async def merge(self, number: int, head: str) -> str:
        """Merge a pull request whose head is this one; return why Gitea does not."""
        settings = await self._client.fetch(Request(path=self._path), _SETTINGS)
        body = {"Do": settings.method, "head_commit_id": head}
        request = Request(method="POST", path=f"{self._path}/pulls/{number}/merge", body=body)
        return await merge_or_reason(self._client, request, _UNMERGED)


def _proposal(pull: Pull) -> Proposal:
    return Proposal(
        number=pull.number,
        head=pull.head.sha,
        state="merged" if pull.merged else "open" if pull.state == "open" else "closed",
        author=pull.user.login if pull.user else "",
        body=pull.body or "",
    )

"""Pull requests that we open from a branch, keep up to date and merge on GitHub."""

from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.github.schemas import MergeSettings, Pull
from reconciler.forge.pull_requests import PullRequests, merge_or_reason
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_items
from reconciler.http.pagination import LinkHeader
from reconciler.http.request import Request
from reconciler.model.forge import Proposal

_PULLS: Final = LinkHeader[Pull](msgspec.json.Decoder(tuple[Pull, ...]), PAGE_SIZE)
_SETTINGS: Final = msgspec.json.Decoder(MergeSettings)
# Checks are missing, there are conflicts, or the head is another one.
_UNMERGED: Final = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.CONFLICT)


class Proposals(PullRequests):
    """The pull requests from branches of one repository; `project` is its name with that of its owner."""

    def __init__(self, client: HttpClient, project: str) -> None:
        super().__init__(client, f"repos/{project}")
        self._project = project

    async def find(self, branch: str, base: str) -> Proposal | None:
        """Return the newest pull request from a branch, without those from forks."""
        owner = self._project.partition("/")[0]
        query = {"head": f"{owner}:{branch}", "base": base, "state": "all", "sort": "created"}
        request = Request(path=f"{self._path}/pulls", query={**query, "direction": "desc"})
        async for each in read_items(self._client, request, _PULLS):
            if each.head.is_from(self._project, branch) and each.base.ref == base:
                return _proposal(each)
        return None

    async def merge(self, number: int, head: str) -> str:
        """Merge a pull request whose head is this one; return why GitHub does not."""
        settings = await self._client.fetch(Request(path=self._path), _SETTINGS)
        body = {"sha": head, "merge_method": settings.method}
        # A merge can be repeated: the second one is refused.
        request = Request(method="PUT", path=f"{self._path}/pulls/{number}/merge", body=body)
        return await merge_or_reason(self._client, request, _UNMERGED)


def _proposal(pull: Pull) -> Proposal:
    return Proposal(
        number=pull.number,
        head=pull.head.sha,
        state="merged" if pull.merged_at else "open" if pull.state == "open" else "closed",
        author=pull.user.login if pull.user else "",
        body=pull.body or "",
    )

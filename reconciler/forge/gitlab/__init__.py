"""GitLab, on a host of its own too: notes of merge requests, and commit statuses."""

import re
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from reconciler.forge.comment_text import begins_with
from reconciler.forge.gitlab.issues import Issues
from reconciler.forge.gitlab.pagination import pages
from reconciler.forge.gitlab.schemas import Approvals, MergeRequest, Note, Status, User
from reconciler.forge.http import ForgeClient, Request
from reconciler.forge.idempotency import create_idempotently
from reconciler.forge.problems import ApiError
from reconciler.model.forge import CheckState, Comment, ForgeSettings, Issue, PullRequest, Review, Verdict

_LONGEST_DESCRIPTION: Final = 255
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}\b")


def headers(settings: ForgeSettings) -> dict[str, str]:
    """Return what each request says beside what it asks."""
    return {"PRIVATE-TOKEN": settings.token.reveal(), "Accept": "application/json"}


class GitLab:
    """One project on GitLab."""

    def __init__(self, client: ForgeClient) -> None:
        self._client = client
        self._path = f"projects/{quote(client.settings.project, safe='')}"
        self._user = 0

    async def pull_request(self, number: int) -> PullRequest:
        """Return a merge request."""
        path = f"{self._path}/merge_requests/{number}"
        found = self._client.read(await self._client.send(Request(method="GET", path=path)), MergeRequest)
        return PullRequest(found.iid, found.sha)

    async def merged_as(self, commit: str, branch: str | None) -> PullRequest | None:
        """Return the merge request that was merged, into the branch if one is named, as this commit.

        That is the merge commit, the squashed one, or the head of a branch that was only moved forward.
        """
        path = f"{self._path}/repository/commits/{commit}/merge_requests"
        async for answer in pages(self._client, path, {}):
            for each in self._client.read(answer, tuple[MergeRequest, ...]):
                merged = each.state == "merged" and each.ends_as == commit
                if merged and branch in {None, each.target_branch}:
                    return PullRequest(each.iid, each.sha)
        return None

    async def review_of(self, commit: str) -> Review | None:
        """Return the merged merge request that a commit came with."""
        path = f"{self._path}/repository/commits/{commit}/merge_requests"
        async for answer in pages(self._client, path, {}):
            for each in self._client.read(answer, tuple[MergeRequest, ...]):
                if each.state == "merged":
                    return Review(each.iid, await self._approvers(each))
        return None

    async def comment(self, number: int, marker: str) -> Comment | None:
        """Return our note under a merge request that begins with the marker; no one else's ever counts."""
        user = await self._who()
        async for answer in pages(
            self._client, self._notes(number), {"sort": "asc", "order_by": "created_at"}
        ):
            for each in self._client.read(answer, tuple[Note, ...]):
                if each.author.id == user and not each.system and begins_with(each.body, marker):
                    return Comment(each.id, each.body)
        return None

    async def create_comment(self, number: int, body: str, marker: str) -> None:
        """Write a new note."""
        request = Request(method="POST", path=self._notes(number), body={"body": body})

        async def make() -> object:
            return await self._client.send(request)

        async def find() -> object | None:
            return await self.comment(number, marker)

        await create_idempotently(self._client, make, find)

    async def change_comment(self, number: int, comment: Comment, body: str) -> bool:
        """Write a note anew. False when it is gone."""
        path = f"{self._notes(number)}/{comment.id}"
        try:
            await self._client.send(Request(method="PUT", path=path, body={"body": body}))
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    async def leave(self, commit: str, verdict: Verdict) -> None:
        """Mark a commit with a status; it takes the place of an earlier one by itself.

        Naming neither branch nor pipeline lets GitLab add it to the newest pipeline of this commit.
        """
        body = {
            "name": verdict.name,
            "state": "failed" if verdict.conclusion == "failure" else "success",
            "description": f"{verdict.digest} {verdict.title}"[:_LONGEST_DESCRIPTION],
            **({"target_url": verdict.link} if verdict.link else {}),
        }
        request = Request(method="POST", path=f"{self._path}/statuses/{commit}", body=body)

        async def make() -> object:
            return await self._client.send(request)

        async def find() -> object | None:
            found = await self._newest(commit, verdict.name)
            return found if found and found.description == body["description"] else None

        await create_idempotently(self._client, make, find)

    async def mark(self, commit: str, name: str) -> CheckState | None:
        """Return the newest status of this name that we left on a commit."""
        found = await self._newest(commit, name)
        if found is None:
            return None
        digest = _DIGEST.match(found.description or "")
        return CheckState(digest[0] if digest else "", found.status == "success")

    async def _newest(self, commit: str, name: str) -> Status | None:
        """Return the newest status of this name. One that somebody else gave the same name is none."""
        user = await self._who()
        path = f"{self._path}/repository/commits/{commit}/statuses"
        newest: Status | None = None
        async for answer in pages(self._client, path, {"name": name, "all": "true"}):
            for each in self._client.read(answer, tuple[Status, ...]):
                is_ours = each.name == name and each.author is not None and each.author.id == user
                if is_ours and (newest is None or each.id > newest.id):
                    newest = each
        return newest

    async def issue(self, marker: str) -> Issue | None:
        """Return our open issue that begins with the marker; no one else's ever counts."""
        return await Issues(self._client, self._path, await self._who()).find(marker)

    async def create_issue(self, title: str, body: str, marker: str) -> None:
        """Open a new issue."""
        await Issues(self._client, self._path, await self._who()).create(title, body, marker)

    async def change_issue(self, issue: Issue, body: str, *, close: bool) -> None:
        """Write an issue anew, and close it if it is done with."""
        await Issues(self._client, self._path, await self._who()).change(issue, body, close=close)

    async def _approvers(self, merged: MergeRequest) -> tuple[str, ...]:
        """Return who approved a merge request, its author aside, whom a project may let approve."""
        asked = Request(method="GET", path=f"{self._path}/merge_requests/{merged.iid}/approvals")
        found = self._client.read(await self._client.send(asked), Approvals)
        approved = (each.user for each in found.approved_by)
        return tuple(sorted(each.username for each in approved if each != merged.author))

    async def _who(self) -> int:
        """Return the number of the user whom the token stands for."""
        if not self._user:
            answer = await self._client.send(Request(method="GET", path="user"))
            self._user = self._client.read(answer, User).id
        return self._user

    def _notes(self, number: int) -> str:
        return f"{self._path}/merge_requests/{number}/notes"

"""GitHub, its Enterprise editions included: comments of pull requests, and check runs."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

from reconciler.forge.comment_text import begins_with
from reconciler.forge.github.checks import Checks
from reconciler.forge.github.issues import Issues
from reconciler.forge.github.pagination import Pages
from reconciler.forge.github.schemas import IssueComment, Pull, PullReview, User
from reconciler.forge.http import ForgeClient, Request
from reconciler.forge.idempotency import create_idempotently
from reconciler.forge.problems import ApiError
from reconciler.model.forge import (
    CheckState,
    Comment,
    ForgeError,
    ForgeSettings,
    Issue,
    PullRequest,
    Review,
    Verdict,
)

_VERSION: Final = "2022-11-28"
# A merge is listed a moment after it was made.
_LOOKS: Final = 3
# What is only said decides nothing.
_DECISIONS: Final = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
_GONE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def headers(settings: ForgeSettings) -> dict[str, str]:
    """Return what each request says beside what it asks."""
    return {
        "Authorization": f"Bearer {settings.token.reveal()}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": _VERSION,
    }


class GitHub:
    """One repository on GitHub."""

    def __init__(self, client: ForgeClient) -> None:
        self._client = client
        self._path = f"repos/{client.settings.project}"
        self._checks = Checks(client)
        self._login = ""

    async def pull_request(self, number: int) -> PullRequest:
        """Return a pull request."""
        path = f"{self._path}/pulls/{number}"
        answer = await self._client.send(Request(method="GET", path=path))
        return _told(self._client.read(answer, Pull))

    async def merged_as(self, commit: str, branch: str | None) -> PullRequest | None:
        """Return the pull request that was merged, into the branch if one is named, as this commit.

        That is the merge commit, the squashed one, or the last of those that were rebased.
        """
        for look in range(1, _LOOKS + 1):
            async for pull in self._pulls(commit):
                merged = pull.merged_at is not None and pull.merge_commit_sha == commit
                if merged and branch in {None, pull.base.ref}:
                    return _told(pull)
            if look < _LOOKS:
                await self._client.pause(look)
        return None

    async def review_of(self, commit: str) -> Review | None:
        """Return the merged pull request that a commit came with, in whatever way it was merged."""
        async for pull in self._pulls(commit):
            if pull.merged_at is not None:
                return Review(pull.number, await self._approvers(pull))
        return None

    async def comment(self, number: int, marker: str) -> Comment | None:
        """Return our comment under a pull request that begins with the marker; no one else's ever counts."""
        found = await self._find(number, marker, await self._who())
        return Comment(found.id, found.body or "") if found else None

    async def create_comment(self, number: int, body: str, marker: str) -> None:
        """Write a new comment. Raises ForgeError, too, when its author is another than was thought."""
        login = await self._who()
        path = f"{self._path}/issues/{number}/comments"

        async def make() -> IssueComment:
            answer = await self._client.send(Request(method="POST", path=path, body={"body": body}))
            return self._client.read(answer, IssueComment)

        async def find() -> IssueComment | None:
            return await self._find(number, marker, login)

        made = await create_idempotently(self._client, make, find)
        if made.user is not None and made.user.login != login:
            message = f"the token writes as {made.user.login}, not as {login}"
            raise ForgeError(message, "name the app that the token is one of with --app")

    async def change_comment(self, number: int, comment: Comment, body: str) -> bool:  # noqa: ARG002  the protocol's
        """Write a comment anew. False when it is gone."""
        path = f"{self._path}/issues/comments/{comment.id}"
        try:
            await self._client.send(Request(method="PATCH", path=path, body={"body": body}))
        except ApiError as error:
            if error.status in _GONE:
                return False
            raise
        return True

    async def leave(self, commit: str, verdict: Verdict) -> None:
        """Mark a commit with a check run, in the place of an earlier one of that name."""
        await self._checks.leave(commit, verdict)

    async def mark(self, commit: str, name: str) -> CheckState | None:
        """Return the newest verdict of this name that our app left on a commit."""
        return await self._checks.mark(commit, name)

    async def issue(self, marker: str) -> Issue | None:
        """Return our open issue that begins with the marker; no one else's ever counts."""
        return await Issues(self._client, await self._who()).find(marker)

    async def create_issue(self, title: str, body: str, marker: str) -> None:
        """Open a new issue."""
        await Issues(self._client, await self._who()).create(title, body, marker)

    async def change_issue(self, issue: Issue, body: str, *, close: bool) -> None:
        """Write an issue anew, and close it if it is done with."""
        await Issues(self._client, await self._who()).change(issue, body, close=close)

    async def _who(self) -> str:
        """Return as whom the token writes: a person, or the bot of the app, which may not ask."""
        if not self._login:
            try:
                answer = await self._client.send(Request(method="GET", path="user"))
                self._login = self._client.read(answer, User).login
            except ApiError as error:
                if error.status != HTTPStatus.FORBIDDEN:
                    raise
                self._login = f"{self._client.settings.app}[bot]"
        return self._login

    async def _find(self, number: int, marker: str, login: str) -> IssueComment | None:
        path = f"{self._path}/issues/{number}/comments"
        async for answer in self._client.pages(path, {}, Pages(self._client)):
            for each in self._client.read(answer, tuple[IssueComment, ...]):
                if each.user is not None and each.user.login == login and begins_with(each.body, marker):
                    return each
        return None

    async def _approvers(self, pull: Pull) -> tuple[str, ...]:
        """Return who approved a pull request, its author aside; of each reviewer the last decision counts."""
        decisions: dict[str, str] = {}
        path = f"{self._path}/pulls/{pull.number}/reviews"
        async for answer in self._client.pages(path, {}, Pages(self._client)):
            for each in self._client.read(answer, tuple[PullReview, ...]):
                if each.user is not None and each.user != pull.user and each.state in _DECISIONS:
                    decisions[each.user.login] = each.state
        return tuple(sorted(login for login, state in decisions.items() if state == "APPROVED"))

    async def _pulls(self, commit: str) -> AsyncIterator[Pull]:
        path = f"{self._path}/commits/{commit}/pulls"
        async for answer in self._client.pages(path, {}, Pages(self._client)):
            for pull in self._client.read(answer, tuple[Pull, ...]):
                yield pull


def _told(pull: Pull) -> PullRequest:
    return PullRequest(pull.number, pull.head.sha)

"""GitHub, including GitHub Enterprise: comments on pull requests, and check runs."""

from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.errors import PortalError
from reconciler.forge.comment_text import begins_with
from reconciler.forge.endpoint import PAGE_SIZE, Api
from reconciler.forge.github.checks import Checks
from reconciler.forge.github.health import GitHubChecks
from reconciler.forge.github.issues import Issues
from reconciler.forge.github.proposals import Proposals
from reconciler.forge.github.reviews import PullReviews
from reconciler.forge.github.schemas import IssueComment, Pull, User
from reconciler.forge.github.setup import GitHubSetup
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import LinkHeader
from reconciler.http.request import Request
from reconciler.model.approval import Reviews
from reconciler.model.forge import (
    CheckState,
    Comment,
    ForgeSettings,
    Issue,
    Proposal,
    ProposalDraft,
    PullRequest,
    Review,
    Verdict,
)
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.model.health import Check

API: Final = Api(
    name="GitHub",
    permissions="the job needs `permissions: {pull-requests: write, checks: write}`, or `{issues: write}` for"
    " an issue; check runs need the token of an app, such as the job's, which for a fork can only read",
    headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
)
# A merge is listed shortly after it was made.
_LOOKUPS: Final = 3
_GONE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_USER: Final = msgspec.json.Decoder(User)
_PULL: Final = msgspec.json.Decoder(Pull)
_COMMENT: Final = msgspec.json.Decoder(IssueComment)
_PULLS: Final = LinkHeader[Pull](msgspec.json.Decoder(tuple[Pull, ...]), PAGE_SIZE)
_COMMENTS: Final = LinkHeader[IssueComment](msgspec.json.Decoder(tuple[IssueComment, ...]), PAGE_SIZE)


class GitHub:
    """One repository on GitHub."""

    def __init__(self, client: HttpClient, settings: ForgeSettings) -> None:
        self._client = client
        self._path = f"repos/{settings.project}"
        self._settings = settings
        self._checks = Checks(client, self._path, settings.app)
        self._reviews = PullReviews(client, self._path)
        self._proposals = Proposals(client, settings.project)
        self._login = ""

    def checks(self, today: str) -> list[Check]:
        """Return the checks of the token."""
        return GitHubChecks(self._client, self._path, self._settings, today).all()

    def setup_checks(self, expected: ExpectedSetup) -> list[Check]:
        """Return the checks of the repository's set-up."""
        return GitHubSetup(self._client, self._path, self._settings.project, expected).all()

    async def pull_request(self, number: int) -> PullRequest:
        """Return a pull request."""
        return _pull_request(await self._pull(number))

    async def open_at(self, commit: str) -> tuple[PullRequest, ...]:
        """Return the open pull requests that have this commit as their head."""
        found = [_pull_request(each) async for each in self._pulls(commit)]
        return tuple(each for each in found if each.is_open and each.head == commit)

    async def merged_as(self, commit: str, branch: str | None) -> PullRequest | None:
        """Return the pull request that was merged as this commit, into `branch` if that is given.

        The commit is the merge commit, the squashed commit, or the last one of a rebase.
        """
        for lookup in range(1, _LOOKUPS + 1):
            async for pull in self._pulls(commit):
                merged = pull.merged_at is not None and pull.merge_commit_sha == commit
                if merged and branch in {None, pull.base.ref}:
                    return _pull_request(pull)
            if lookup < _LOOKUPS:
                await self._client.pause(lookup)
        return None

    async def review_of(self, commit: str) -> Review | None:
        """Return the merged pull request that contains a commit, for any merge method."""
        async for pull in self._pulls(commit):
            if pull.merged_at is not None:
                return Review(pull.number, await self._reviews.approvers(pull))
        return None

    async def reviews(self, number: int) -> Reviews:
        """Return the author and the approvals of a pull request, merged or not."""
        return await self._reviews.read(await self._pull(number))

    async def team_members(self, team: str) -> frozenset[str] | None:
        """Return the user names of a team such as "@org/team"; None if the token may not read them."""
        return await self._reviews.team_members(team)

    async def request_reviewers(self, number: int, logins: Sequence[str]) -> tuple[str, ...]:
        """Ask people for a review who were never asked before, and return who was asked now."""
        return await self._reviews.request(number, logins)

    async def login(self) -> str:
        """Return the user name of the token."""
        return await self._own_login()

    async def proposal(self, branch: str, base: str) -> Proposal | None:
        """Return the newest pull request from a branch of this repository into `base`."""
        return await self._proposals.find(branch, base)

    async def open_proposal(self, draft: ProposalDraft) -> int:
        """Open a pull request, and return its number."""
        return await self._proposals.open(draft)

    async def change_proposal(self, number: int, body: str, *, close: bool = False) -> None:
        """Change the text of a pull request, and close it if requested."""
        await self._proposals.change(number, body, close=close)

    async def merge_proposal(self, number: int, head: str) -> str:
        """Merge a pull request if `head` is its head; return why the forge does not merge it, or ""."""
        return await self._proposals.merge(number, head)

    async def comment(self, number: int, marker: str) -> Comment | None:
        """Return our own comment on a pull request that begins with the marker."""
        found = await self._find(number, marker, await self._own_login())
        return Comment(found.id, found.body or "") if found else None

    async def create_comment(self, number: int, body: str, marker: str) -> None:
        """Create a comment. Raises PortalError, too, if its author is not the expected one."""
        login = await self._own_login()
        request = Request(method="POST", path=self._comments(number), body={"body": body})

        async def create() -> IssueComment:
            return await self._client.fetch(request, _COMMENT)

        async def find() -> IssueComment | None:
            return await self._find(number, marker, login)

        created = await create_idempotently(self._client, create, find)
        if created.user is not None and created.user.login != login:
            message = f"the token writes as {created.user.login}, not as {login}"
            raise PortalError(message, "use --app with the app that the token belongs to")

    async def change_comment(self, number: int, comment: Comment, body: str) -> bool:  # noqa: ARG002  the protocol's
        """Update a comment. Return False if it no longer exists."""
        path = f"{self._path}/issues/comments/{comment.id}"
        try:
            await self._client.send(Request(method="PATCH", path=path, body={"body": body}, repeatable=True))
        except ApiError as error:
            if error.status in _GONE:
                return False
            raise
        return True

    async def set_check(self, commit: str, verdict: Verdict) -> None:
        """Set a check run on a commit, replacing an earlier one of that name."""
        await self._checks.set(commit, verdict)

    async def get_check(self, commit: str, name: str) -> CheckState | None:
        """Return the newest check of this name that our app set on a commit."""
        return await self._checks.get(commit, name)

    async def issue(self, marker: str) -> Issue | None:
        """Return our own open issue that begins with the marker."""
        return await self._issues(await self._own_login()).find(marker)

    async def create_issue(self, title: str, body: str, marker: str) -> None:
        """Create an issue."""
        await self._issues(await self._own_login()).create(title, body, marker)

    async def change_issue(self, issue: Issue, body: str, *, close: bool) -> None:
        """Update an issue, and close it if requested."""
        await self._issues(await self._own_login()).change(issue, body, close=close)

    async def _own_login(self) -> str:
        """Return the login of the token: a user, or the bot of the app, which may not read its user."""
        if not self._login:
            try:
                self._login = (await self._client.fetch(Request(path="user"), _USER)).login
            except ApiError as error:
                if error.status != HTTPStatus.FORBIDDEN:
                    raise
                self._login = f"{self._settings.app}[bot]"
        return self._login

    async def _find(self, number: int, marker: str, login: str) -> IssueComment | None:
        async for comment in read_items(self._client, Request(path=self._comments(number)), _COMMENTS):
            is_own = comment.user is not None and comment.user.login == login
            if is_own and begins_with(comment.body, marker):
                return comment
        return None

    async def _pull(self, number: int) -> Pull:
        return await self._client.fetch(Request(path=f"{self._path}/pulls/{number}"), _PULL)

    def _pulls(self, commit: str) -> AsyncIterator[Pull]:
        return read_items(self._client, Request(path=f"{self._path}/commits/{commit}/pulls"), _PULLS)

    def _comments(self, number: int) -> str:
        return f"{self._path}/issues/{number}/comments"

    def _issues(self, login: str) -> Issues:
        return Issues(self._client, f"{self._path}/issues", login)


def _pull_request(pull: Pull) -> PullRequest:
    return PullRequest(pull.number, pull.head.sha, is_open=pull.state == "open")

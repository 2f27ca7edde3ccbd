"""Gitea and Forgejo: comments on pull requests, and commit statuses."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.forge.comment_text import begins_with
from reconciler.forge.endpoint import PAGE_SIZE, Api
from reconciler.forge.gitea import schemas
from reconciler.forge.gitea.health import GiteaChecks
from reconciler.forge.gitea.issues import Issues
from reconciler.forge.gitea.proposals import Proposals
from reconciler.forge.gitea.reviews import PullReviews
from reconciler.forge.gitea.schemas import Pull, Reference, User
from reconciler.forge.gitea.setup import GiteaSetup
from reconciler.forge.gitea.statuses import Statuses
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError, unexpected
from reconciler.http.lists import read_items
from reconciler.http.pagination import TotalHeader
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
    name="Gitea",
    permissions="the token needs the scopes write:repository, write:issue and read:user, and a user who may"
    " write to the repository; the token of a job needs `permissions: {contents: write, pull-requests:"
    " write}`, or `{issues: write}` for an issue, and for a fork can only read",
    headers={"Accept": "application/json"},
    token_scheme="token",  # noqa: S106  the name of a scheme
)
# A merge is known shortly after its push has started a job.
_LOOKUPS: Final = 3
_USER: Final = msgspec.json.Decoder(User)
_PULL: Final = msgspec.json.Decoder(Pull)
_PULLS: Final = TotalHeader(msgspec.json.Decoder(tuple[Pull, ...] | None), PAGE_SIZE)
_REFERENCES: Final = msgspec.json.Decoder(tuple[Reference, ...] | Reference)
# Gitea sends all comments at once.
_COMMENTS: Final = TotalHeader(msgspec.json.Decoder(tuple[schemas.Comment, ...] | None), PAGE_SIZE)


class Gitea:
    """One repository on Gitea."""

    def __init__(self, client: HttpClient, settings: ForgeSettings) -> None:
        self._client = client
        self._settings = settings
        self._path = f"repos/{settings.project}"
        self._reviews = PullReviews(client, self._path)
        self._proposals = Proposals(client, self._path)
        self._user: User | None = None

    def checks(self, today: str) -> list[Check]:  # noqa: ARG002  the protocol's: its tokens do not end
        """Return the checks of the token."""
        return GiteaChecks(self._client, self._path).all()

    def setup_checks(self, expected: ExpectedSetup) -> list[Check]:
        """Return the checks of the repository's set-up."""
        return GiteaSetup(self._client, self._settings.project, expected).all()

    async def pull_request(self, number: int) -> PullRequest:
        """Return a pull request."""
        return await self._pull_request(await self._pull(number))

    async def open_at(self, commit: str) -> tuple[PullRequest, ...]:
        """Return the open pull requests that have this commit as their head."""
        request = Request(path=f"{self._path}/pulls", query={"state": "open"})
        found = [each async for each in read_items(self._client, request, _PULLS)]
        return tuple([await self._pull_request(each) for each in found if each.head.sha == commit])

    async def merged_as(self, commit: str, branch: str | None) -> PullRequest | None:
        """Return the pull request that was merged as this commit, into `branch` if that is given.

        The commit is the merge commit, the squashed commit, or the last one of a rebase.
        """
        for lookup in range(1, _LOOKUPS + 1):
            pull = await self._merged(commit)
            if pull is not None:
                return await self._pull_request(pull) if branch in {None, pull.base.ref} else None
            if lookup < _LOOKUPS:
                await self._client.pause(lookup)
        return None

    async def review_of(self, commit: str) -> Review | None:
        """Return the pull request that was merged as this commit; Gitea does not find it by its others."""
        pull = await self._merged(commit)
        return Review(pull.number, await self._reviews.approvers(pull)) if pull else None

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
        return (await self._own_user()).login

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
        user = await self._own_user()
        async for each in read_items(self._client, Request(path=self._comments(number)), _COMMENTS):
            is_own = each.user is not None and each.user.id == user.id
            if is_own and begins_with(each.body, marker):
                return Comment(each.id, each.body)
        return None

    async def create_comment(self, number: int, body: str, marker: str) -> None:
        """Create a comment."""
        request = Request(method="POST", path=self._comments(number), body={"body": body})

        async def create() -> object:
            return await self._client.send(request)

        async def find() -> object | None:
            return await self.comment(number, marker)

        await create_idempotently(self._client, create, find)

    async def change_comment(self, number: int, comment: Comment, body: str) -> bool:  # noqa: ARG002  the protocol's
        """Update a comment. Return False if it no longer exists."""
        path = f"{self._path}/issues/comments/{comment.id}"
        try:
            await self._client.send(Request(method="PATCH", path=path, body={"body": body}, repeatable=True))
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    async def set_check(self, commit: str, verdict: Verdict) -> None:
        """Set a status on a commit, replacing an earlier one of that name."""
        await (await self._statuses()).set(commit, verdict)

    async def get_check(self, commit: str, name: str) -> CheckState | None:
        """Return the newest status of this name that we set on a commit."""
        return await (await self._statuses()).get(commit, name)

    async def issue(self, marker: str) -> Issue | None:
        """Return our own open issue that begins with the marker."""
        return await (await self._issues()).find(marker)

    async def create_issue(self, title: str, body: str, marker: str) -> None:
        """Create an issue."""
        await (await self._issues()).create(title, body, marker)

    async def change_issue(self, issue: Issue, body: str, *, close: bool) -> None:
        """Update an issue, and close it if requested."""
        await (await self._issues()).change(issue, body, close=close)

    async def _pull_request(self, pull: Pull) -> PullRequest:
        """Return a pull request; after the merge its head is in a reference that no push changes."""
        if not pull.merged:
            return PullRequest(pull.number, pull.head.sha, is_open=pull.state == "open")
        name = f"pull/{pull.number}/head"
        found = await self._client.fetch(Request(path=f"{self._path}/git/refs/{name}"), _REFERENCES)
        # Gitea means the beginning of a name, and Forgejo does not send a list of one.
        references = (found,) if isinstance(found, Reference) else found
        heads = [each.object.sha for each in references if each.ref == f"refs/{name}"]
        if not heads:
            raise unexpected(self._client.endpoint, f"the reference {name} is missing")
        return PullRequest(pull.number, heads[0], is_open=False)

    async def _pull(self, number: int) -> Pull:
        return await self._client.fetch(Request(path=f"{self._path}/pulls/{number}"), _PULL)

    async def _merged(self, commit: str) -> Pull | None:
        try:
            request = Request(path=f"{self._path}/commits/{commit}/pull")
            pull = await self._client.fetch(request, _PULL)
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return pull if pull.merged and pull.merge_commit_sha == commit else None

    async def _own_user(self) -> User:
        """Return the user of the token; that of a job's is a user of the system."""
        if self._user is None:
            self._user = await self._client.fetch(Request(path="user"), _USER)
        return self._user

    async def _statuses(self) -> Statuses:
        return Statuses(self._client, f"{self._path}/statuses", (await self._own_user()).id)

    async def _issues(self) -> Issues:
        return Issues(self._client, f"{self._path}/issues", await self._own_user())

    def _comments(self, number: int) -> str:
        return f"{self._path}/issues/{number}/comments"

"""GitLab, including self-managed instances: notes on merge requests, and commit statuses."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec

from reconciler.forge.comment_text import begins_with
from reconciler.forge.endpoint import PAGE_SIZE, Api
from reconciler.forge.gitlab.health import GitLabChecks
from reconciler.forge.gitlab.issues import Issues
from reconciler.forge.gitlab.proposals import Proposals
from reconciler.forge.gitlab.reviews import MergeRequestReviews
from reconciler.forge.gitlab.schemas import MergeRequest, Note, User
from reconciler.forge.gitlab.setup import GitLabSetup
from reconciler.forge.gitlab.statuses import Statuses
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import PageHeader
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
    name="GitLab",
    permissions="the token needs the scope `api` and at least the role Developer; CI_JOB_TOKEN is not enough",
    headers={"Accept": "application/json"},
    token_header="PRIVATE-TOKEN",  # noqa: S106  the name of a header
    token_scheme="",
)
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}\b")
_USER: Final = msgspec.json.Decoder(User)
_MERGE_REQUEST: Final = msgspec.json.Decoder(MergeRequest)
_MERGE_REQUESTS: Final = PageHeader(msgspec.json.Decoder(tuple[MergeRequest, ...]), PAGE_SIZE)
_NOTES: Final = PageHeader(msgspec.json.Decoder(tuple[Note, ...]), PAGE_SIZE)


class GitLab:
    """One project on GitLab."""

    def __init__(self, client: HttpClient, settings: ForgeSettings) -> None:
        self._client = client
        self._path = f"projects/{quote(settings.project, safe='')}"
        self._reviews = MergeRequestReviews(client, self._path, self._own_id)
        self._statuses = Statuses(client, self._path, self._own_id)
        self._proposals = Proposals(client, self._path)
        self._user: User | None = None

    def checks(self, today: str) -> list[Check]:
        """Return the checks of the token."""
        return GitLabChecks(self._client, self._path, today).all()

    def setup_checks(self, expected: ExpectedSetup) -> list[Check]:
        """Return the checks of the settings of the project."""
        return GitLabSetup(self._client, self._path, expected).all()

    async def pull_request(self, number: int) -> PullRequest:
        """Return a merge request."""
        return _pull_request(await self._merge_request(number))

    async def open_at(self, commit: str) -> tuple[PullRequest, ...]:
        """Return the open merge requests that have this commit as their head."""
        requests = read_items(self._client, self._merge_requests_of(commit), _MERGE_REQUESTS)
        found = [_pull_request(each) async for each in requests]
        return tuple(each for each in found if each.is_open and each.head == commit)

    async def merged_as(self, commit: str, branch: str | None) -> PullRequest | None:
        """Return the merge request that was merged as this commit, into `branch` if that is given.

        The commit is the merge commit, the squashed commit, or the head of a branch that was fast-forwarded.
        """
        async for each in read_items(self._client, self._merge_requests_of(commit), _MERGE_REQUESTS):
            merged = each.state == "merged" and each.ends_as == commit
            if merged and branch in {None, each.target_branch}:
                return _pull_request(each)
        return None

    async def review_of(self, commit: str) -> Review | None:
        """Return the merged merge request that contains a commit, for any merge method."""
        async for each in read_items(self._client, self._merge_requests_of(commit), _MERGE_REQUESTS):
            if each.state == "merged":
                reviews = await self._reviews.read(each)
                return Review(each.iid, tuple(sorted(given.login for given in reviews.approvals)))
        return None

    async def reviews(self, number: int) -> Reviews:
        """Return the author and the approvals of a merge request, merged or not."""
        return await self._reviews.read(await self._merge_request(number))

    async def team_members(self, team: str) -> frozenset[str] | None:  # noqa: ARG002  the protocol's
        """Return None: only users can approve here."""
        return None

    async def request_reviewers(self, number: int, logins: Sequence[str]) -> tuple[str, ...]:
        """Ask people for a review who were never asked before, and return who was asked now."""
        return await self._reviews.request(await self._merge_request(number), logins)

    async def login(self) -> str:
        """Return the user name of the token."""
        return (await self._own_user()).username

    async def proposal(self, branch: str, base: str) -> Proposal | None:
        """Return the newest merge request from a branch of this repository into `base`."""
        return await self._proposals.find(branch, base)

    async def open_proposal(self, draft: ProposalDraft) -> int:
        """Open a merge request, and return its number."""
        return await self._proposals.open(draft)

    async def change_proposal(self, number: int, body: str, *, close: bool = False) -> None:
        """Change the text of a merge request, and close it if requested."""
        await self._proposals.change(number, body, close=close)

    async def merge_proposal(self, number: int, head: str) -> str:
        """Merge a merge request if `head` is its head; return why the forge does not merge it, or ""."""
        return await self._proposals.merge(number, head)

    async def comment(self, number: int, marker: str) -> Comment | None:
        """Return our own note on a merge request that begins with the marker."""
        user = await self._own_id()
        query = {"sort": "asc", "order_by": "created_at"}
        async for each in read_items(self._client, Request(path=self._notes(number), query=query), _NOTES):
            if each.author.id == user and not each.system and begins_with(each.body, marker):
                return Comment(each.id, each.body)
        return None

    async def create_comment(self, number: int, body: str, marker: str) -> None:
        """Create a note."""
        request = Request(method="POST", path=self._notes(number), body={"body": body})

        async def create() -> object:
            return await self._client.send(request)

        async def find() -> object | None:
            return await self.comment(number, marker)

        await create_idempotently(self._client, create, find)

    async def change_comment(self, number: int, comment: Comment, body: str) -> bool:
        """Update a note. Return False if it no longer exists."""
        path = f"{self._notes(number)}/{comment.id}"
        try:
            await self._client.send(Request(method="PUT", path=path, body={"body": body}, repeatable=True))
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    async def set_check(self, commit: str, verdict: Verdict) -> None:
        """Set a status on a commit; GitLab replaces an earlier one."""
        await self._statuses.set(commit, verdict)

    async def get_check(self, commit: str, name: str) -> CheckState | None:
        """Return the newest status of this name that we set on a commit."""
        found = await self._statuses.newest(commit, name)
        if found is None:
            return None
        digest = _DIGEST.match(found.description or "")
        return CheckState(digest[0] if digest else "", found.status == "success")

    async def issue(self, marker: str) -> Issue | None:
        """Return our own open issue that begins with the marker."""
        return await self._issues(await self._own_id()).find(marker)

    async def create_issue(self, title: str, body: str, marker: str) -> None:
        """Create an issue."""
        await self._issues(await self._own_id()).create(title, body, marker)

    async def change_issue(self, issue: Issue, body: str, *, close: bool) -> None:
        """Update an issue, and close it if requested."""
        await self._issues(await self._own_id()).change(issue, body, close=close)

    async def _merge_request(self, number: int) -> MergeRequest:
        request = Request(path=f"{self._path}/merge_requests/{number}")
        return await self._client.fetch(request, _MERGE_REQUEST)

    async def _own_id(self) -> int:
        """Return the id of the token's user."""
        return (await self._own_user()).id

    async def _own_user(self) -> User:
        if self._user is None:
            self._user = await self._client.fetch(Request(path="user"), _USER)
        return self._user

    def _merge_requests_of(self, commit: str) -> Request:
        return Request(path=f"{self._path}/repository/commits/{commit}/merge_requests")

    def _notes(self, number: int) -> str:
        return f"{self._path}/merge_requests/{number}/notes"

    def _issues(self, user: int) -> Issues:
        return Issues(self._client, f"{self._path}/issues", user)


def _pull_request(found: MergeRequest) -> PullRequest:
    return PullRequest(found.iid, found.sha, is_open=found.state == "opened")

"""Reviews of pull requests on GitHub: who approved, and who is asked to."""

import re
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.forge.base_changes import commit_since
from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.github.schemas import IssueEvent, Pull, PullReview, TimelineEvent, User
from reconciler.forge.review_requests import request_reviews
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import LinkHeader
from reconciler.http.request import Request
from reconciler.model.approval import GivenApproval, Reviews

# The last of these decides; a review that only comments does not.
_DECISIONS: Final = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
_PERSON: Final = "User"
_TEAM: Final = re.compile(r"@?([A-Za-z0-9_-]+)/([A-Za-z0-9_-]+)")
_UNREADABLE: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
# In the timeline, GitHub promises neither of them.
_BASE_CHANGED: Final = ("base_ref_changed", "automatic_base_change_succeeded")
_EVENTS_HINT: Final = (
    "the job needs `permissions: {issues: read}`: only events say whether the base was changed after an"
    " approval"
)
_REVIEWS: Final = LinkHeader[PullReview](msgspec.json.Decoder(tuple[PullReview, ...]), PAGE_SIZE)
_TIMELINE: Final = LinkHeader[TimelineEvent](msgspec.json.Decoder(tuple[TimelineEvent, ...]), PAGE_SIZE)
_EVENTS: Final = LinkHeader[IssueEvent](msgspec.json.Decoder(tuple[IssueEvent, ...]), PAGE_SIZE)
_USERS: Final = LinkHeader[User](msgspec.json.Decoder(tuple[User, ...]), PAGE_SIZE)


class PullReviews:
    """The reviews of the pull requests of one repository."""

    def __init__(self, client: HttpClient, path: str) -> None:
        self._client = client
        self._path = path

    async def read(self, pull: Pull) -> Reviews:
        """Return the approvals of a pull request; one from before a change of the base is for no commit."""
        approved = await self._approved(pull)
        # What was changed while the reviews were read is among the events.
        is_needed = any(review.commit_id is not None for review in approved.values())
        changes = await self._base_changes(pull.number) if is_needed else []
        return Reviews(
            _author(pull),
            tuple(
                GivenApproval(
                    login, commit_since(changes, review.submitted_at, review.commit_id), review.html_url
                )
                for login, review in approved.items()
            ),
            pull.merged_by.login if pull.merged_by else "",
        )

    async def approvers(self, pull: Pull) -> tuple[str, ...]:
        """Return who approved a pull request for whatever base it had; this needs no right to issues."""
        return tuple(await self._approved(pull))

    async def team_members(self, team: str) -> frozenset[str] | None:
        """Return the members of a team such as "@org/team"; None if the token may not read them.

        The token of a job never may.
        """
        if (named := _TEAM.fullmatch(team)) is None:
            return None
        request = Request(path=f"orgs/{named[1]}/teams/{named[2]}/members")
        try:
            return frozenset([each.login async for each in read_items(self._client, request, _USERS)])
        except ApiError as error:
            if error.status in _UNREADABLE and error.wait is None:
                return None
            raise

    async def request(self, number: int, logins: Sequence[str]) -> tuple[str, ...]:
        """Ask people for a review who were never asked before, and return who was asked now."""
        asked = await self._asked(number)
        new = [login for login in logins if login.casefold() not in asked]
        return await request_reviews(
            self._client, f"{self._path}/pulls/{number}", new, (HTTPStatus.UNPROCESSABLE_ENTITY,)
        )

    async def _approved(self, pull: Pull) -> dict[str, PullReview]:
        """Return the approvals by user name, without the author; a reviewer's last decision counts.

        An approval by a bot does not count: a branch can run a workflow whose token approves.
        """
        decisions: dict[str, PullReview] = {}
        request = Request(path=f"{self._path}/pulls/{pull.number}/reviews")
        # The list is in chronological order.
        async for review in read_items(self._client, request, _REVIEWS):
            by_person = review.user is not None and review.user.type == _PERSON
            if review.user is not None and by_person and review.state in _DECISIONS:
                decisions[review.user.login] = review
        return {
            login: review
            for login, review in sorted(decisions.items())
            if review.state == "APPROVED" and login != _author(pull)
        }

    async def _base_changes(self, number: int) -> list[datetime | None]:
        """Return when the base was changed; None for a change whose time is not known."""
        request = Request(path=f"{self._path}/issues/{number}/events")
        try:
            events = [each async for each in read_items(self._client, request, _EVENTS)]
        except ApiError as error:
            if error.status in _UNREADABLE and error.wait is None:
                error.hint = _EVENTS_HINT
            raise
        return [each.created_at for each in events if each.event in _BASE_CHANGED]

    async def _asked(self, number: int) -> set[str]:
        """Return who was ever asked, also if the request was removed since.

        Unlike the events of an issue, the timeline can be read with a right to pull requests only.
        """
        request = Request(path=f"{self._path}/issues/{number}/timeline")
        return {
            event.requested_reviewer.login.casefold()
            async for event in read_items(self._client, request, _TIMELINE)
            if event.event == "review_requested" and event.requested_reviewer is not None
        }


def _author(pull: Pull) -> str:
    return pull.user.login if pull.user else ""

"""Reviews of pull requests on Gitea: who approved, and who is asked to."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.forge.base_changes import commit_since
from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitea.schemas import Event, Pull, PullReview, Team, User
from reconciler.forge.review_requests import request_reviews
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import TotalHeader
from reconciler.http.request import Request
from reconciler.model.approval import GivenApproval, Reviews

# The last of these decides.
_DECISIONS: Final = ("APPROVED", "REQUEST_CHANGES")
_REQUESTED: Final = "REQUEST_REVIEW"
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_TEAM: Final = re.compile(r"@?(?!\.{1,2}/)([A-Za-z0-9._-]+)/([A-Za-z0-9._-]+)")
_UNREADABLE: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_UNACCEPTED: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
_REVIEWS: Final = TotalHeader(msgspec.json.Decoder(tuple[PullReview, ...] | None), PAGE_SIZE)
_TEAMS: Final = TotalHeader(msgspec.json.Decoder(tuple[Team, ...] | None), PAGE_SIZE)
_USERS: Final = TotalHeader(msgspec.json.Decoder(tuple[User, ...] | None), PAGE_SIZE)
# The events about lines of code are left out of their page, and only the others of that page are counted.
_EVENTS: Final = TotalHeader(msgspec.json.Decoder(tuple[Event, ...] | None), PAGE_SIZE, counted=False)


class PullReviews:
    """The reviews of the pull requests of one repository."""

    def __init__(self, client: HttpClient, path: str) -> None:
        self._client = client
        self._path = path

    async def read(self, pull: Pull) -> Reviews:
        """Return the approvals of a pull request; one from before a change of the base is for no commit."""
        approved = await self._approved(pull)
        # What was changed while the reviews were read is among the events.
        changes = await self._base_changes(pull.number) if approved else []
        return Reviews(
            pull.user.login if pull.user else "",
            tuple(
                GivenApproval(
                    login,
                    commit_since(changes, each.submitted_at, _commit(each.commit_id)),
                    each.html_url or pull.html_url,
                )
                for login, each in approved.items()
            ),
            pull.merged_by.login if pull.merged_by else "",
        )

    async def approvers(self, pull: Pull) -> tuple[str, ...]:
        """Return who approved a pull request for whatever base it had."""
        return tuple(await self._approved(pull))

    async def team_members(self, team: str) -> frozenset[str] | None:
        """Return the members of a team such as "@org/team"; None if the token may not read them."""
        if (named := _TEAM.fullmatch(team)) is None:
            return None
        teams = read_items(self._client, Request(path=f"orgs/{named[1]}/teams"), _TEAMS)
        try:
            ids = [each.id async for each in teams if each.name.casefold() == named[2].casefold()]
            members = Request(path=f"teams/{ids[0]}/members") if ids else None
            if members is None:
                return None
            return frozenset([each.login async for each in read_items(self._client, members, _USERS)])
        except ApiError as error:
            if error.status in _UNREADABLE and error.wait is None:
                return None
            raise

    async def request(self, number: int, logins: Sequence[str]) -> tuple[str, ...]:
        """Ask people for a review who were never asked before, and return who was asked now."""
        asked = await self._asked(number)
        new = [login for login in logins if login.casefold() not in asked]
        return await request_reviews(self._client, f"{self._path}/pulls/{number}", new, _UNACCEPTED)

    async def _all(self, number: int) -> list[PullReview]:
        request = Request(path=f"{self._path}/pulls/{number}/reviews")
        return [each async for each in read_items(self._client, request, _REVIEWS)]

    async def _approved(self, pull: Pull) -> dict[str, PullReview]:
        """Return the approvals by user name, without the author; a reviewer's last decision counts.

        Who can write can dismiss a review, and end that, which changes its time. So ids are compared, and a
        dismissed review brings back no earlier one. As for Gitea, who is asked again has not approved.
        """
        decisions: dict[str, PullReview] = {}
        requests: dict[str, PullReview] = {}
        for each in sorted(await self._all(pull.number), key=lambda each: each.id):
            if each.user is not None and each.user != pull.user:
                if each.state in _DECISIONS:
                    decisions[each.user.login] = each
                elif each.state == _REQUESTED:
                    requests[each.user.login] = each
        return {
            login: each
            for login, each in sorted(decisions.items())
            if each.state == "APPROVED" and not each.dismissed and _is_last(each, requests.get(login, each))
        }

    async def _base_changes(self, number: int) -> list[datetime]:
        """Return when the base was changed."""
        return [each.created_at async for each in self._events(number) if each.type == "change_target_branch"]

    async def _asked(self, number: int) -> set[str]:
        """Return who reviewed or was ever asked to, also if the request was removed since."""
        events = self._events(number)
        asked = [each.assignee async for each in events if each.type == "review_request"]
        people = [*asked, *(each.user for each in await self._all(number))]
        return {each.login.casefold() for each in people if each is not None}

    def _events(self, number: int) -> AsyncIterator[Event]:
        """Yield what happened in a pull request."""
        return read_items(self._client, Request(path=f"{self._path}/issues/{number}/timeline"), _EVENTS)


def _is_last(review: PullReview, request: PullReview) -> bool:
    """Return whether a review was submitted after a request for it, even if it was begun before."""
    return (request.updated_at, request.id) <= (review.updated_at, review.id)


def _commit(text: str) -> str | None:
    return text if _COMMIT.fullmatch(text) else None

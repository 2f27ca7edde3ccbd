"""Reviews of merge requests on GitLab: who approved, and who is asked to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitlab.schemas import Approvals, Diff, MergeRequest, Note, User
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_items
from reconciler.http.pagination import PageHeader
from reconciler.http.request import Request
from reconciler.model.approval import GivenApproval, Reviews

_APPROVALS: Final = msgspec.json.Decoder(Approvals)
_USERS: Final = msgspec.json.Decoder(tuple[User, ...])
_NOTES: Final = PageHeader(msgspec.json.Decoder(tuple[Note, ...]), PAGE_SIZE)
_DIFFS: Final = PageHeader(msgspec.json.Decoder(tuple[Diff, ...]), PAGE_SIZE)
# How GitLab notes that a reviewer was asked.
_REQUESTED: Final = "requested review from "


class MergeRequestReviews:
    """The reviews of the merge requests of one project."""

    def __init__(self, client: HttpClient, path: str) -> None:
        self._client = client
        self._path = path

    async def read(self, merge_request: MergeRequest) -> Reviews:
        """Return the approvals of a merge request, without its author: a project may let authors approve.

        An approval belongs to the head that was the newest at that time.
        """
        path = self._at(merge_request)
        approved_by = (await self._client.fetch(Request(path=f"{path}/approvals"), _APPROVALS)).approved_by
        given = [each for each in approved_by if each.user != merge_request.author]
        request = Request(path=f"{path}/versions")
        diffs = [each async for each in read_items(self._client, request, _DIFFS)] if given else []
        return Reviews(
            merge_request.author.username if merge_request.author else "",
            tuple(
                GivenApproval(each.user.username, _head_at(each.approved_at, diffs), merge_request.web_url)
                for each in sorted(given, key=lambda each: each.user.username)
            ),
        )

    async def request(self, merge_request: MergeRequest, logins: Sequence[str]) -> tuple[str, ...]:
        """Ask people for a review who were never asked before, and return who was asked now."""
        asked = await self._asked(merge_request)
        found = [await self._user(login) for login in logins if login.casefold() not in asked]
        new = [each for each in found if each is not None]
        if new:
            ids = [each.id for each in (*merge_request.reviewers, *new)]
            path = self._at(merge_request)
            body = {"reviewer_ids": ids}
            await self._client.send(Request(method="PUT", path=path, body=body, repeatable=True))
        return tuple(each.username for each in new)

    async def _asked(self, merge_request: MergeRequest) -> set[str]:
        """Return who was ever asked, also if the request was removed since."""
        request = Request(path=f"{self._at(merge_request)}/notes")
        return {
            name.rstrip(",").removeprefix("@").casefold()
            async for note in read_items(self._client, request, _NOTES)
            if note.system and note.body.startswith(_REQUESTED)
            for name in note.body.split()
            if name.startswith("@")
        }

    async def _user(self, login: str) -> User | None:
        found = await self._client.fetch(Request(path="users", query={"username": login}), _USERS)
        return found[0] if found else None

    def _at(self, merge_request: MergeRequest) -> str:
        return f"{self._path}/merge_requests/{merge_request.iid}"


def _head_at(moment: datetime | None, diffs: Sequence[Diff]) -> str | None:
    """Return the newest head that was pushed by then."""
    if moment is None:
        return None
    known = [each for each in diffs if each.created_at <= moment]
    return max(known, key=lambda each: each.created_at).head_commit_sha if known else None

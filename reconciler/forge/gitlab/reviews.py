"""Reviews of merge requests on GitLab: who approved, and who is asked to."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from reconciler.forge.comment_text import begins_with, same
from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitlab.schemas import Approval, Approvals, Diff, MergeRequest, Note, User
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_items
from reconciler.http.pagination import PageHeader
from reconciler.http.request import Request
from reconciler.model.approval import GivenApproval, Reviews

_APPROVALS: Final = msgspec.json.Decoder(Approvals)
_MERGE_REQUEST: Final = msgspec.json.Decoder(MergeRequest)
_USERS: Final = msgspec.json.Decoder(tuple[User, ...])
_NOTES: Final = PageHeader(msgspec.json.Decoder(tuple[Note, ...]), PAGE_SIZE)
_DIFFS: Final = PageHeader(msgspec.json.Decoder(tuple[Diff, ...]), PAGE_SIZE)
# How GitLab notes what happened. Nobody can write, change or delete such a note.
_REQUESTED: Final = "requested review from "
# The first line of a note in which we mention people.
_MENTIONED: Final = "<!-- reconciler reviewers -->"
_TARGET_CHANGED: Final = re.compile(r"changed target branch from |.* now targets the ", re.DOTALL)


class MergeRequestReviews:
    """The reviews of the merge requests of one project."""

    def __init__(self, client: HttpClient, path: str, own_id: Callable[[], Awaitable[int]]) -> None:
        self._client = client
        self._path = path
        self._own_id = own_id

    async def read(self, merge_request: MergeRequest) -> Reviews:
        """Return the approvals of a merge request, without its author: a project may let authors approve."""
        request = Request(path=f"{self._at(merge_request)}/approvals")
        approved_by = (await self._client.fetch(request, _APPROVALS)).approved_by
        author = merge_request.author
        given = {each.user.username: each for each in approved_by if each.user.id != author.id}
        heads = await self._heads(merge_request, given.values())
        link = merge_request.web_url
        approvals = tuple(GivenApproval(login, heads[login], link) for login in sorted(given))
        merged_by = merge_request.merge_user.username if merge_request.merge_user else ""
        return Reviews(author.username, approvals, merged_by)

    async def request(self, merge_request: MergeRequest, logins: Sequence[str]) -> tuple[str, ...]:
        """Ask people for a review who were never asked before, and return who was asked now.

        GitLab ignores people who cannot read the project, and all but the first reviewer in its free tier.
        There, the others are mentioned in a note.
        """
        asked = await self._asked(merge_request)
        found = {login: await self._user(login) for login in logins if login.casefold() not in asked}
        new = {login: user for login, user in found.items() if user is not None and user.is_active}
        if not new:
            return ()
        ids = [*(each.id for each in merge_request.reviewers), *(each.id for each in new.values())]
        body = {"reviewer_ids": list(dict.fromkeys(ids))}
        request = Request(method="PUT", path=self._at(merge_request), body=body, repeatable=True)
        reviewers = {each.id for each in (await self._client.fetch(request, _MERGE_REQUEST)).reviewers}
        others = {login: user for login, user in new.items() if user.id not in reviewers}
        if others and len(ids) > 1 and reviewers <= {ids[0]}:
            await self._mention(merge_request, others.values())
            return tuple(new)
        return tuple(login for login in new if login not in others)

    async def _mention(self, merge_request: MergeRequest, users: Iterable[User]) -> None:
        mentions = ", ".join(f"@{each.username}" for each in users)
        body = f"{_MENTIONED}\n\n{mentions}: your approval is needed. The plan is in this merge request."
        request = Request(method="POST", path=f"{self._at(merge_request)}/notes", body={"body": body})

        async def create() -> object:
            return await self._client.send(request)

        async def find() -> object | None:
            found = [note async for note in self._notes(merge_request) if same(note.body, body)]
            return found[0] if found else None

        await create_idempotently(self._client, create, find)

    async def _heads(self, merge_request: MergeRequest, given: Iterable[Approval]) -> dict[str, str | None]:
        """Return the commit that each approval is for, by login; None if it is not certain.

        The approval is for the head at that time. It is for no commit once the target branch was changed,
        since the same commits are then other changes, or while its user is blocked.
        """
        given = tuple(given)
        if not given:
            return {}
        request = Request(path=f"{self._at(merge_request)}/versions")
        diffs = [each async for each in read_items(self._client, request, _DIFFS)]
        notes = [
            note.created_at
            async for note in self._notes(merge_request)
            if note.system and _TARGET_CHANGED.match(note.body)
        ]
        return {
            each.user.username: _head_at(each.approved_at, diffs, notes) if each.user.is_active else None
            for each in given
        }

    async def _asked(self, merge_request: MergeRequest) -> set[str]:
        """Return who was ever asked, also if the request was removed since."""
        own = await self._own_id()
        asked = {each.username.casefold() for each in merge_request.reviewers}
        async for note in self._notes(merge_request):
            is_mention = note.author.id == own and begins_with(note.body, _MENTIONED)
            if is_mention or (note.system and note.body.startswith(_REQUESTED)):
                names = (name.rstrip(",:") for name in note.body.split())
                asked |= {name[1:].casefold() for name in names if name.startswith("@")}
        return asked

    def _notes(self, merge_request: MergeRequest) -> AsyncIterator[Note]:
        """Yield all notes of a merge request."""
        return read_items(self._client, Request(path=f"{self._at(merge_request)}/notes"), _NOTES)

    async def _user(self, login: str) -> User | None:
        found = await self._client.fetch(Request(path="users", query={"username": login}), _USERS)
        return next((each for each in found if each.username.casefold() == login.casefold()), None)

    def _at(self, merge_request: MergeRequest) -> str:
        return f"{self._path}/merge_requests/{merge_request.iid}"


def _head_at(moment: datetime | None, diffs: Sequence[Diff], retargeted: Sequence[datetime]) -> str | None:
    """Return the head at this moment; None if it is not certain, or if the target was changed since.

    GitLab rounds its times, so what has the same time may have been before or after.
    """
    if moment is None:
        heads = {each.head_commit_sha for each in diffs}
        return heads.pop() if len(heads) == 1 and not retargeted else None
    if any(each >= moment for each in retargeted) or any(each.created_at == moment for each in diffs):
        return None
    earlier = [each for each in diffs if each.created_at < moment]
    return max(earlier, key=lambda each: each.id).head_commit_sha if earlier else None

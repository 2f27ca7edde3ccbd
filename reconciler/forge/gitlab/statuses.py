"""Our commit statuses on GitLab: they show checks."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitlab.schemas import Status
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import PageHeader
from reconciler.http.request import Request
from reconciler.model.forge import Conclusion, Verdict

_MAX_DESCRIPTION: Final = 255
_PENDING: Final = "pending"
_STATES: Final[Mapping[Conclusion, str]] = {
    "success": "success",
    "neutral": "success",
    "failure": "failed",
    "pending": _PENDING,
}
_UNFINISHED: Final = (_PENDING, "running")
_STATUSES: Final = PageHeader(msgspec.json.Decoder(tuple[Status, ...]), PAGE_SIZE)


class Statuses:
    """The statuses that one user set in one project."""

    def __init__(self, client: HttpClient, path: str, own_id: Callable[[], Awaitable[int]]) -> None:
        self._client = client
        self._path = path
        self._own_id = own_id

    async def set(self, commit: str, verdict: Verdict) -> None:
        """Set a status on a commit; GitLab replaces an earlier one.

        Without a branch or pipeline, GitLab adds it to the newest pipeline of this commit.
        """
        body = {
            "name": verdict.name,
            "state": _STATES[verdict.conclusion],
            "description": f"{verdict.digest} {verdict.title}".lstrip()[:_MAX_DESCRIPTION],
            **({"target_url": verdict.link} if verdict.link else {}),
        }
        try:
            await self._create(commit, body)
        except ApiError as error:
            if error.status != HTTPStatus.BAD_REQUEST or body["state"] != _PENDING:
                raise
            await self._replace_unfinished(commit, body, error)

    async def newest(self, commit: str, name: str) -> Status | None:
        """Return the newest status of this name; those of other users do not count."""
        user = await self._own_id()
        path = f"{self._path}/repository/commits/{commit}/statuses"
        request = Request(path=path, query={"name": name, "all": "true"})
        newest: Status | None = None
        async for each in read_items(self._client, request, _STATUSES):
            is_own = each.name == name and each.author is not None and each.author.id == user
            if is_own and (newest is None or each.id > newest.id):
                newest = each
        return newest

    async def _replace_unfinished(self, commit: str, body: dict[str, Any], refused: ApiError) -> None:
        """Replace a pending status by another one: GitLab refuses this until the first one has ended."""
        found = await self.newest(commit, body["name"])
        if found is None or found.status not in _UNFINISHED:
            raise refused
        if not _is_same(found, body):
            await self._create(commit, {**body, "state": "canceled"})
            await self._create(commit, body)

    async def _create(self, commit: str, body: dict[str, Any]) -> None:
        request = Request(method="POST", path=f"{self._path}/statuses/{commit}", body=body)

        async def create() -> object:
            return await self._client.send(request)

        async def find() -> object | None:
            found = await self.newest(commit, body["name"])
            return found if found and _is_same(found, body) else None

        await create_idempotently(self._client, create, find)


def _is_same(status: Status, body: Mapping[str, Any]) -> bool:
    return (status.status, status.description) == (body["state"], body["description"])

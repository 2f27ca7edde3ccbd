"""Commit statuses on Gitea: the verdict on a plan at a commit."""

import re
from typing import Final

import msgspec

from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitea.schemas import Status
from reconciler.forge.idempotency import create_idempotently
from reconciler.http.client import HttpClient
from reconciler.http.lists import read_items
from reconciler.http.pagination import TotalHeader
from reconciler.http.request import Request
from reconciler.model.forge import CheckState, Verdict

# The user of all jobs, whom Gitea leaves out of the statuses that jobs create.
JOB_USER: Final = -2
_MAX_DESCRIPTION: Final = 255
_STATES: Final = {"failure": "failure", "pending": "pending"}
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}\b")
_STATUSES: Final = TotalHeader(msgspec.json.Decoder(tuple[Status, ...] | None), PAGE_SIZE)


class Statuses:
    """The statuses of the commits of one repository that one user created."""

    def __init__(self, client: HttpClient, path: str, user: int) -> None:
        self._client = client
        self._path = path
        self._user = user

    async def set(self, commit: str, verdict: Verdict) -> None:
        """Create a status; the newest of a name is the one that Gitea shows."""
        body = {
            "context": verdict.name,
            "state": _STATES.get(verdict.conclusion, "success"),
            "description": f"{verdict.digest} {verdict.title}"[:_MAX_DESCRIPTION].strip(),
            "target_url": verdict.link,
        }
        request = Request(method="POST", path=f"{self._path}/{commit}", body=body)

        async def create() -> object:
            return await self._client.send(request)

        async def find() -> object | None:
            found = await self._newest(commit, verdict.name)
            same = found and (found.description, found.status) == (body["description"], body["state"])
            return found if same else None

        await create_idempotently(self._client, create, find)

    async def get(self, commit: str, name: str) -> CheckState | None:
        """Return the newest status of this name that the user created."""
        found = await self._newest(commit, name)
        if found is None:
            return None
        digest = _DIGEST.match(found.description)
        return CheckState(digest[0] if digest else "", found.status == "success")

    async def _newest(self, commit: str, name: str) -> Status | None:
        # Gitea means the lowest index, so that a new status does not move the others to another page.
        request = Request(path=f"{self._path}/{commit}", query={"sort": "highestindex"})
        own = [
            each
            async for each in read_items(self._client, request, _STATUSES)
            if each.context == name and (each.creator.id if each.creator else JOB_USER) == self._user
        ]
        return max(own, key=lambda each: each.id, default=None)

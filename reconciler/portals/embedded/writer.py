"""Writing changes to the embedded portal, and looking up what became of them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request, Tally
from reconciler.model.ids import decoded
from reconciler.model.kinds import KINDS as RESOURCE_KINDS
from reconciler.model.plan import ABSENT, Change, Plan
from reconciler.model.resource import ResourceId
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.embedded.change_source import source_headers
from reconciler.portals.embedded.conditional_writes import (
    ConditionalWrite,
    UncertainWrite,
    is_ambiguous,
    look_up,
    send,
)
from reconciler.portals.embedded.id_map import Directory
from reconciler.portals.embedded.outcomes import HALF_DONE, half_done, is_uncertain, unknown
from reconciler.portals.embedded.schemas import KINDS
from reconciler.portals.results import result_of

_MOST_READINGS: Final = 3
_EMPTY_LISTS: Final = frozenset({"domains", "blocked"})


class Writer:
    """Writes to the objects that were read; `new_key` gives an idempotency key that was never used.

    With a plan, each request names it as the source of the change.

    The key is new for each write and the same when that write is repeated. One made from the plan would,
    within a day of a deletion, be answered with the object that no longer exists.
    """

    def __init__(
        self,
        client: HttpClient,
        new_key: Callable[[], str],
        directory: Directory,
        plan: Plan | None = None,
    ) -> None:
        self._client = client
        self._plan = plan
        self._new_key = new_key
        self._directory = directory
        self._uncertain: dict[ResourceId, UncertainWrite] = {}

    async def write(self, change: Change, owner_label: str) -> WriteResult:
        """Write a change; a created or adopted object gets the owner label."""
        tally = Tally()
        if change.action == "delete":
            work = self._conditionally(change, None, tally)
        elif change.action == "adopt":
            work = self._conditionally(change, {"managedBy": owner_label}, tally)
        elif change.action == "update":
            work = self._update(change, tally)
        elif change.precondition == ABSENT:
            work = self._create(change, owner_label, tally)
        else:
            work = self._invite_again(change, tally)
        return await result_of(work, tally)

    async def resolve(self, change: Change) -> Resolution:
        """Look up in the audit log what became of a change, or of its first half.

        A creation is not looked up: it was repeated with its key, which only gave unreadable responses.
        """
        uncertain = self._uncertain.pop(change.id, None)
        if uncertain is None:
            return Resolution("unknown")
        found, now = await look_up(self._client, uncertain)
        if found.outcome == "applied" or found.retry:
            self._directory.replace(change.kind, uncertain.write.stored, now)
        if found.outcome == "applied" and change.action == "create":
            return Resolution("unknown", HALF_DONE, retry=True)
        return found

    async def _update(self, change: Change, tally: Tally) -> None:
        await self._conditionally(change, {**_merge_patch(change), **self._directory.move(change)}, tally)

    async def _create(self, change: Change, owner_label: str, tally: Tally) -> None:
        body = {**self._directory.place(change.id), **(change.after or {})}
        if RESOURCE_KINDS[change.kind].owner_label:
            body["managedBy"] = owner_label
        request = Request(path=KINDS[change.kind].path, headers=self._source(change), body=body)
        made = await self._post(change.kind, request, tally)
        self._directory.replace(change.kind, None, made)

    async def _invite_again(self, change: Change, tally: Tally) -> None:
        """Send an expired invitation again, with the new role and end of the membership."""
        before = self._directory.find(change.id)
        planned = change.before or {"role": before.role, "until": before.until}
        wanted = {"role": before.role, "until": None, **(change.after or {})}
        if wanted != {"role": before.role, "until": before.until}:
            before = await self._conditionally(change, wanted, tally)
        request = Request(
            path=f"members/{before.id}/invitation", headers={"If-Match": before.etag, **self._source(change)}
        )
        try:
            now = await self._post(change.kind, request, tally)
        except PortalError as error:
            raise (half_done(error) if wanted != {"until": None, **planned} else error) from error.__cause__
        self._directory.replace(change.kind, before, now)

    async def _conditionally(self, change: Change, body: Mapping[str, Any] | None, tally: Tally) -> Any:
        """Change an object, or delete it if there is no body; remember a write whose outcome is uncertain."""
        write = ConditionalWrite(change.kind, self._find(change), body, self._source(change))
        try:
            now = await send(self._client, write, tally)
        except (UnknownOutcomeError, ApiError) as failure:
            if not is_ambiguous(failure, tally.sent):
                raise
            self._uncertain[change.id] = UncertainWrite(write, failure)
            raise unknown(failure) from failure
        self._directory.replace(change.kind, write.stored, now)
        return now

    async def _post(self, kind: str, request: Request, tally: Tally) -> Any:
        """Send a request with an idempotency key and return the object that it made or changed.

        If the response cannot be read, it is sent again: its key prevents that anything is done twice.
        """
        headers = {"Idempotency-Key": self._new_key(), **request.headers}
        keyed = msgspec.structs.replace(request, method="POST", headers=headers, repeatable=True, tally=tally)
        before, unreadable = tally.sent, False
        while True:
            try:
                response = await self._client.send(keyed)
            except PortalError as error:
                if unreadable or is_uncertain(error, tally.sent - before):
                    raise unknown(error) from error.__cause__
                raise
            try:
                return self._client.decode(response, KINDS[kind].one)
            except UnknownOutcomeError:
                unreadable = True
                if tally.sent - before >= _MOST_READINGS:
                    raise

    def _source(self, change: Change) -> Mapping[str, str]:
        return source_headers(self._plan, change)

    def _find(self, change: Change) -> Any:
        """Return the object of a change; its parents have their new names by now, it may have its old one."""
        return self._directory.find(change.id, former=change.renamed_from)


def _merge_patch(change: Change) -> dict[str, Any]:
    """Return the fields that change, and the name of what is renamed; what goes is null, or an empty list."""
    before, after = change.before or {}, change.after or {}
    patch = {
        field: after.get(field, [] if field in _EMPTY_LISTS else None)
        for field in {**before, **after}
        if before.get(field) != after.get(field)
    }
    if change.renamed_from:
        patch["name"] = decoded(change.id.rpartition("/")[2])
    return patch

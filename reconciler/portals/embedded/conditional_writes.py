"""Conditional writes: to the object that was read and to nothing else, also if a response is lost."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request, Tally
from reconciler.model.write_result import Resolution
from reconciler.portals.embedded.audit import Entry, own_author, successor
from reconciler.portals.embedded.outcomes import SUPERSEDED, is_uncertain
from reconciler.portals.embedded.schemas import KINDS

Failure: TypeAlias = UnknownOutcomeError | ApiError

# The response to the second of two deliveries, and to the first if another user was quicker.
_AMBIGUOUS: Final = frozenset({HTTPStatus.PRECONDITION_FAILED, HTTPStatus.NOT_FOUND})
_UNKNOWN: Final = Resolution("unknown")


class ConditionalWrite(msgspec.Struct, frozen=True):
    """A change of one object as it was read, or its deletion without a body; `headers` are sent with it."""

    kind: str
    stored: Any
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = {}

    @property
    def path(self) -> str:
        """The path of the object."""
        return f"{KINDS[self.kind].path}/{self.stored.id}"


class UncertainWrite(msgspec.Struct, frozen=True):
    """A write of which the responses do not show whether it was done."""

    write: ConditionalWrite
    failure: Failure


async def send(client: HttpClient, write: ConditionalWrite, tally: Tally) -> Any:
    """Make a conditional write and return the object after it; None if it was deleted.

    It is sent again if its response is lost: the entity tag lets only one of them be done. Raises ApiError
    and UnknownOutcomeError, of which `is_ambiguous` says whether the audit log has to be asked.
    """
    request = Request(
        method="DELETE" if write.body is None else "PATCH",
        path=write.path,
        headers={"If-Match": write.stored.etag, **write.headers},
        body=write.body,
        repeatable=True,
        tally=tally,
    )
    response = await client.send(request)
    return None if write.body is None else client.decode(response, KINDS[write.kind].one)


def is_ambiguous(failure: Failure, sent: int) -> bool:
    """Whether a write that ended like this, after it was sent so often, may have been done."""
    if isinstance(failure, UnknownOutcomeError):
        return True
    return failure.status in _AMBIGUOUS or is_uncertain(failure, sent)


async def look_up(client: HttpClient, uncertain: UncertainWrite) -> tuple[Resolution, Any]:
    """Look up in the audit log whether a write was done; return the object to write to from now on.

    A membership of which only the state changed can be written again: no plan depends on the state.
    """
    write = uncertain.write
    try:
        entry = await successor(client, write.stored.id, write.stored.etag)
        author = await own_author(client) if entry else None
    except PortalError:
        return _UNKNOWN, write.stored
    if entry is None:
        return await _without_record(client, uncertain)
    try:
        now = _after(write.kind, entry)
    except msgspec.ValidationError:
        return _UNKNOWN, write.stored
    if entry.author != author:
        return _by_another(uncertain, now), now or write.stored
    if entry.does(write.stored.etag, write.body):
        return Resolution("applied"), now
    return _UNKNOWN, write.stored


async def _without_record(client: HttpClient, uncertain: UncertainWrite) -> tuple[Resolution, Any]:
    """Resolve a write that no entry follows: the expiration of an invitation is not recorded."""
    write, failure = uncertain.write, uncertain.failure
    if isinstance(failure, UnknownOutcomeError) or failure.status not in _AMBIGUOUS:
        return _UNKNOWN, write.stored
    if write.kind != "membership":
        return _UNKNOWN, write.stored
    try:
        now = await client.fetch(Request(path=write.path), KINDS[write.kind].one)
    except PortalError:
        return _UNKNOWN, write.stored
    if not _differs_in_state_alone(write.stored, now):
        return _UNKNOWN, write.stored
    return Resolution("not applied", failure.message, retry=True), now


def _by_another(uncertain: UncertainWrite, now: Any) -> Resolution:
    """Resolve a write before which another user changed the object, so that it can never be done."""
    write, failure = uncertain.write, uncertain.failure
    message = failure.message if isinstance(failure, ApiError) else SUPERSEDED
    again = write.kind == "membership" and now is not None and _differs_in_state_alone(write.stored, now)
    return Resolution("not applied", message, retry=again)


def _after(kind: str, entry: Entry) -> Any:
    """Return the object as a write left it; None if it was deleted."""
    return None if entry.after is None else KINDS[kind].one.decode(msgspec.json.encode(entry.after))


def _differs_in_state_alone(stored: Any, now: Any) -> bool:
    return (now.role, now.until) == (stored.role, stored.until) and now.etag != stored.etag

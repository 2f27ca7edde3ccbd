"""Conditional writes: only to the version that was read, even if a response is lost or a request repeated."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request
from reconciler.portals.embedded.audit import Entry, own_author, successor
from reconciler.portals.embedded.outcomes import is_uncertain, superseded, unknown
from reconciler.portals.embedded.schemas import KINDS

_Failure: TypeAlias = UnknownOutcomeError | ApiError

# A membership changes on its own when its invitation is answered, and when that expires.
_MAX_CHANGES: Final = 4
# Responses to a repetition of a write that took effect, and to a write after another user's.
_AMBIGUOUS: Final = frozenset({HTTPStatus.PRECONDITION_FAILED, HTTPStatus.NOT_FOUND})


class Written(msgspec.Struct, frozen=True):
    """A write that took effect: the object before and now, and how often the write was sent."""

    before: Any
    now: Any
    attempts: int


class _Write(msgspec.Struct, frozen=True):
    """A change of one object, or its deletion if there is no body."""

    kind: str
    body: Mapping[str, Any] | None


class ConditionalWriter:
    """Changes and deletes objects of the embedded portal by their entity tags."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    async def write(self, kind: str, stored: Any, body: Mapping[str, Any] | None = None) -> Written:
        """Change an object, or delete it without a body, if it is still what was read.

        It is sent again if its response is lost: the tag lets only one of them take effect. If no response
        shows whether one did, the portal's log does. If only the state of a membership changed, which no
        plan contains, the write is sent for its new version.
        Raises ApiError, and UnknownOutcomeError if the log does not show it either.
        """
        write = _Write(kind, body)
        attempts = 0
        for _ in range(_MAX_CHANGES):
            try:
                now, sent = await self._send(write, stored)
                return Written(stored, now, attempts + sent)
            except (UnknownOutcomeError, ApiError) as error:
                attempts = error.attempts = attempts + error.attempts
                failure = error
            done, found = await self._settle(write, stored, failure)
            if done:
                return Written(stored, found, attempts)
            stored = found
        raise failure

    async def _send(self, write: _Write, stored: Any) -> tuple[Any, int]:
        """Return the object now, and how often the write was sent."""
        answer = await self._client.send(
            Request(
                method="DELETE" if write.body is None else "PATCH",
                path=_path(write.kind, stored),
                headers={"If-Match": stored.etag},
                body=write.body,
                repeatable=True,
            )
        )
        if write.body is None:
            return None, answer.attempts
        try:
            return self._client.decode(answer, KINDS[write.kind].one), answer.attempts
        except UnknownOutcomeError as lost:
            lost.attempts = answer.attempts
            raise

    async def _settle(self, write: _Write, stored: Any, failure: _Failure) -> tuple[bool, Any]:
        """Return whether the write took effect, and its result or else the version to write to instead.

        Raises the failure if it did not, and UnknownOutcomeError if that is unknown.
        """
        if not _is_ambiguous(failure) and not is_uncertain(failure):
            raise failure
        try:
            entry = await successor(self._client, stored.id, stored.etag)
            author = await own_author(self._client) if entry else None
        except PortalError as error:
            raise unknown(failure) from error
        if entry is None:
            return False, await self._expired(write, stored, failure)
        if entry.author != author:
            return False, _changed(write.kind, stored, entry, failure)
        if not entry.does(stored.etag, write.body):
            raise unknown(failure)
        return True, _after(write.kind, entry, failure)

    async def _expired(self, write: _Write, stored: Any, failure: _Failure) -> Any:
        """Return a membership as it is now if its invitation expired, which the log does not record."""
        if isinstance(failure, UnknownOutcomeError) or not _is_ambiguous(failure):
            raise failure
        if write.kind != "membership":
            raise unknown(failure)
        try:
            now = await self._client.fetch(Request(path=_path(write.kind, stored)), KINDS[write.kind].one)
        except PortalError as error:
            raise unknown(failure) from error
        if not _differs_in_state_alone(stored, now):
            raise unknown(failure)
        return now


def _path(kind: str, stored: Any) -> str:
    return f"{KINDS[kind].path}/{stored.id}"


def _is_ambiguous(failure: _Failure) -> bool:
    return isinstance(failure, UnknownOutcomeError) or failure.status in _AMBIGUOUS


def _changed(kind: str, stored: Any, entry: Entry, failure: _Failure) -> Any:
    """Return a membership of which another user changed only the state; raise the failure otherwise."""
    now = _after(kind, entry, failure)
    if kind == "membership" and now is not None and _differs_in_state_alone(stored, now):
        return now
    raise failure if isinstance(failure, ApiError) else superseded(failure)


def _after(kind: str, entry: Entry, failure: _Failure) -> Any:
    """Return the object after a write; None if it was deleted."""
    if entry.after is None:
        return None
    try:
        return KINDS[kind].one.decode(msgspec.json.encode(entry.after))
    except msgspec.ValidationError as error:
        raise unknown(failure) from error


def _differs_in_state_alone(stored: Any, now: Any) -> bool:
    return (now.role, now.until) == (stored.role, stored.until) and now.etag != stored.etag

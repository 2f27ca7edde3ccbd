"""Conditional writes: to what was read and to nothing else, also when an answer is lost on its way."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from reconciler.errors import PortalError
from reconciler.model.portal import LostAnswerError
from reconciler.portals.embedded.objects import KINDS
from reconciler.portals.http import Answer, HttpClient, Request
from reconciler.portals.problems import RefusedError

_MOST_TRIES: Final = 4


class Written(msgspec.Struct, frozen=True):
    """A write that was done: what was written to, what is there now, how often it was sent."""

    before: Any
    now: Any
    attempts: int


class ConditionalWriter:
    """Changes and deletes objects of the embedded portal by their entity tags."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    async def write(
        self, method: str, kind: str, stored: Any, body: Mapping[str, Any] | None = None
    ) -> Written:
        """Change or delete an object if it is still what was read.

        Where only the state of a membership moved, which no plan is about, it is written to as it is now.
        When the answer is lost the object is read: what was done is not done twice, what was not is tried
        again.
        Raises RefusedError, and LostAnswerError where reading does not tell.
        """
        attempts, lost = 0, None
        while True:
            try:
                answer = await self._client.send(self._request(method, kind, stored, body))
            except LostAnswerError as error:
                attempts, lost = attempts + error.attempts, error
                error.attempts = attempts
            except RefusedError as refusal:
                attempts += refusal.attempts
                refusal.attempts = attempts
                if lost is None:
                    stored = await self._moved(kind, stored, refusal)
                    continue
                if refusal.status not in {HTTPStatus.PRECONDITION_FAILED, HTTPStatus.NOT_FOUND}:
                    raise
            else:
                now = None if method == "DELETE" else self._read(kind, answer, written=True)
                return Written(stored, now, attempts + answer.attempts)
            now = await self._look(kind, stored, lost)
            if _holds(now, body):
                return Written(stored, now, attempts)
            if now is None or now.etag != stored.etag or attempts >= _MOST_TRIES:
                raise lost

    async def _moved(self, kind: str, stored: Any, refusal: RefusedError) -> Any:
        """Return a membership whose state alone moved, as it is now; raise the refusal for all else."""
        if refusal.status != HTTPStatus.PRECONDITION_FAILED or kind != "membership":
            raise refusal
        answer = await self._client.send(Request(method="GET", path=_path(kind, stored)))
        now = self._read(kind, answer)
        if (now.role, now.until) != (stored.role, stored.until) or now.etag == stored.etag:
            raise refusal
        return now

    async def _look(self, kind: str, stored: Any, lost: LostAnswerError) -> Any:
        """Return the object as it is now, None when it is gone; raise the lost answer where nobody knows."""
        try:
            answer = await self._client.send(Request(method="GET", path=_path(kind, stored)))
            return self._read(kind, answer)
        except RefusedError as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND:
                return None
            raise lost from refusal
        except PortalError as error:
            raise lost from error

    def _read(self, kind: str, answer: Answer, *, written: bool = False) -> Any:
        return self._client.decode(answer, KINDS[kind].one, written=written)

    def _request(self, method: str, kind: str, stored: Any, body: Mapping[str, Any] | None) -> Request:
        headers = {"If-Match": stored.etag}
        return Request(method=method, path=_path(kind, stored), headers=headers, body=body)


def _path(kind: str, stored: Any) -> str:
    return f"{KINDS[kind].path}/{stored.id}"


def _holds(now: Any, body: Mapping[str, Any] | None) -> bool:
    """Whether an object is what a write was to make of it; one that was to be deleted is gone."""
    if body is None or now is None:
        return body is None and now is None
    held = msgspec.to_builtins(now)
    return all(held[field] == value for field, value in body.items())

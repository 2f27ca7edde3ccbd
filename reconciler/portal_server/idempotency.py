"""Idempotency keys: a response is stored in the transaction of its write."""

from hashlib import sha256
from typing import Annotated, Final

import msgspec
from sqlalchemy import bindparam, delete, select

from reconciler.portal_server.context import Answer, Call
from reconciler.portal_server.durations import forgotten_before
from reconciler.portal_server.problems import ProblemError
from reconciler.portal_server.tables import answers

Key = Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]+$", min_length=1, max_length=255)]
_FIND: Final = select(answers.c.request_hash, answers.c.status, answers.c.headers, answers.c.body).where(
    answers.c.holder == bindparam("holder"), answers.c.key == bindparam("key")
)
_KEEP: Final = answers.insert().inline()
_FORGET: Final = delete(answers).where(answers.c.at <= bindparam("forgotten_before"))


class KeyedRequest(msgspec.Struct, frozen=True):
    """A request with an idempotency key; each caller has separate keys."""

    holder: str
    key: str
    request_hash: str


def keyed_request(key: str, holder: str, target: str, body: bytes) -> KeyedRequest:
    """Return the request in a form that repetitions are compared with. Reject an invalid key with 422."""
    try:
        msgspec.convert(key, Key)
    except msgspec.ValidationError as error:
        raise ProblemError(422, "Idempotency-Key must have 1 to 255 printable ASCII characters.") from error
    return KeyedRequest(holder, key, sha256(target.encode() + b"\n" + body).hexdigest())


def earlier_answer(call: Call, request: KeyedRequest) -> Answer | None:
    """Return the stored response of this request. Reject with 422 a key that another request used."""
    call.connection.execute(_FORGET, {"forgotten_before": forgotten_before(call.now)})
    values = {"holder": request.holder, "key": request.key}
    row = call.connection.execute(_FIND, values).one_or_none()
    if row is None:
        return None
    if row.request_hash != request.request_hash:
        raise ProblemError(422, "This Idempotency-Key was used for another request.")
    return Answer(row.status, bytes(row.body), msgspec.json.decode(row.headers))


def keep(call: Call, request: KeyedRequest, given: Answer) -> None:
    """Store the response for 24 hours."""
    stored = {
        "holder": request.holder,
        "key": request.key,
        "request_hash": request.request_hash,
        "at": call.time,
        "status": given.status,
        "headers": given.headers,
        "body": msgspec.Raw(given.body if given.kept is None else given.kept),
    }
    call.connection.execute(_KEEP, stored)

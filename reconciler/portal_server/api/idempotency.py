"""Idempotency keys: a response is stored in the transaction of its write."""

from hashlib import sha256
from typing import Annotated, Final

import msgspec
from sqlalchemy import bindparam, delete, select

from reconciler.portal_server.operations.context import Call, HttpResponse
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.storage.tables import answers
from reconciler.portal_server.values.durations import forgotten_before

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


def stored_response(call: Call, request: KeyedRequest) -> HttpResponse | None:
    """Return the stored response of this request. Reject with 422 a key that another request used."""
    call.connection.execute(_FORGET, {"forgotten_before": forgotten_before(call.now)})
    values = {"holder": request.holder, "key": request.key}
    row = call.connection.execute(_FIND, values).one_or_none()
    if row is None:
        return None
    if row.request_hash != request.request_hash:
        raise ProblemError(422, "This Idempotency-Key was used for another request.")
    return HttpResponse(row.status, bytes(row.body), msgspec.json.decode(row.headers))


def store(call: Call, request: KeyedRequest, response: HttpResponse) -> None:
    """Store the response for 24 hours."""
    stored = {
        "holder": request.holder,
        "key": request.key,
        "request_hash": request.request_hash,
        "at": call.time,
        "status": response.status,
        "headers": response.headers,
        "body": msgspec.Raw(response.body if response.stored_body is None else response.stored_body),
    }
    call.connection.execute(_KEEP, stored)

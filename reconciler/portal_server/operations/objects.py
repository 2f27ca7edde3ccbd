"""Operations on objects of any kind: read, create, update, delete."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import UNSET
from sqlalchemy import Delete, Insert, Select, Update, bindparam, delete, literal, select, update
from sqlalchemy.exc import IntegrityError

from reconciler.portal_server.operations import audit
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import Kind
from reconciler.portal_server.operations.preconditions import is_known, require_match
from reconciler.portal_server.operations.problems import FieldError, ProblemError
from reconciler.portal_server.values.addresses import canonical_domain, canonical_email
from reconciler.portal_server.values.durations import expired_before
from reconciler.portal_server.values.identifiers import new_etag, new_id

_CANONICAL: Final[Mapping[str, Callable[[str], str]]] = {
    "email": canonical_email,
    "blocked": canonical_email,
    "domains": canonical_domain,
}


def show(call: Call, kind: Kind) -> HttpResponse:
    """Return the object, or 304 if the caller already has it."""
    found = load(call, kind)
    headers = {"ETag": found.etag}
    if is_known(call.headers.get("if-none-match"), found.etag):
        return HttpResponse(304, b"", headers)
    return json_response(200, found, headers)


def create(call: Call, kind: Kind) -> HttpResponse:
    """Create the object in the body."""
    values = canonical(msgspec.structs.asdict(call.body))
    check_references(call, kind, values)
    new_object = insert(call, kind, values)
    audit.record(call, "create", kind.name, new_object)
    return created(kind, new_object)


def change(call: Call, kind: Kind) -> HttpResponse:
    """Set the fields in the body; nothing is written if they already have these values."""
    before = load(call, kind)
    require_match(call.headers.get("if-match"), before.etag)
    changes = msgspec.structs.asdict(call.body)
    values = canonical({name: value for name, value in changes.items() if value is not UNSET})
    check_references(call, kind, values)
    known = msgspec.structs.asdict(before)
    encode = msgspec.json.encode
    if all(encode(known[name]) == encode(value) for name, value in values.items()):
        return json_response(200, before, {"ETag": before.etag})
    after = store(call, kind, before.id, values)
    audit.record(call, "update", kind.name, after, before)
    return json_response(200, after, {"ETag": after.etag})


def remove(call: Call, kind: Kind) -> HttpResponse:
    """Delete the object; dependent objects are never deleted."""
    before = load(call, kind)
    require_match(call.headers.get("if-match"), before.etag)
    return remove_loaded(call, kind, before)


def remove_loaded(call: Call, kind: Kind, before: Any) -> HttpResponse:
    """Delete an object after permission and entity tag were checked."""
    try:
        call.connection.execute(_delete(kind), {"row_id": before.id})
    except IntegrityError as error:
        raise ProblemError(409, kind.in_use) from error
    audit.record_deletion(call, kind.name, before)
    return HttpResponse(204)


def load(call: Call, kind: Kind) -> Any:
    """Return the object of the path. Reject with 404 if it is missing, for a team's token with 403."""
    sees = kind.sight if call.of_team else None
    values = {
        "row_id": call.path["id"],
        "expired_before": expired_before(call.now),
        "own": sees.of(call.caller) if sees and call.caller else None,
    }
    row = call.connection.execute(_select(kind, narrow=sees is not None), values).one_or_none()
    if row is not None:
        return kind.view.reply(*row)
    if call.of_team:
        subject = "You have" if call.caller and call.caller.email else "This token has"
        raise ProblemError(403, f"{subject} no access to this object.")
    raise ProblemError(404, f"The {kind.name} does not exist.")


def insert(call: Call, kind: Kind, values: Mapping[str, Any], **hidden: Any) -> Any:
    """Insert a new object; hidden fields are stored but not returned."""
    row = {**values, "id": new_id(kind.prefix), "etag": new_etag()}
    try:
        call.connection.execute(_insert(kind), {**row, **hidden})
    except IntegrityError as error:
        raise ProblemError(409, kind.conflict) from error
    return kind.view.reply(**row)


def store(call: Call, kind: Kind, row_id: str, values: Mapping[str, Any]) -> Any:
    """Update fields and the entity tag of an object, and return the object."""
    try:
        call.connection.execute(_update(kind), {**values, "etag": new_etag(), "row_id": row_id})
    except IntegrityError as error:
        raise ProblemError(409, kind.conflict) from error
    return read(call, kind, row_id)


def read(call: Call, kind: Kind, row_id: str) -> Any:
    """Return an object that exists."""
    found = {"row_id": row_id, "expired_before": expired_before(call.now)}
    return kind.view.reply(*call.connection.execute(_select(kind, narrow=False), found).one())


def created(kind: Kind, new_object: Any) -> HttpResponse:
    """Return the response to a creation."""
    return json_response(
        201, new_object, {"ETag": new_object.etag, "Location": f"/{kind.path}/{new_object.id}"}
    )


def check_references(call: Call, kind: Kind, values: Mapping[str, Any]) -> None:
    """Reject with 422 references to objects that do not exist."""
    named = {field: values[field] for field in kind.references if values.get(field) is not None}
    if not named:
        return
    found = call.connection.execute(_exist(kind, tuple(named)), named).one()
    errors = [
        FieldError(f"/{_camel(field)}", f"{value} does not exist")
        for (field, value), there in zip(named.items(), found, strict=True)
        if there is None
    ]
    if errors:
        raise ProblemError(422, "The request refers to an object that does not exist.", errors=errors)


def canonical(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with canonical addresses and domains. Reject invalid ones with 422."""
    errors: list[FieldError] = []
    for field in _CANONICAL.keys() & values.keys():
        if values[field] is not None:
            values[field] = _spelled(field, values[field], errors)
    if errors:
        raise ProblemError(422, "The request is not valid.", errors=errors)
    return values


def _spelled(field: str, value: Any, errors: list[FieldError]) -> Any:
    if isinstance(value, str):
        return _spelled_one(field, f"/{field}", value, errors)
    spelled = [_spelled_one(field, f"/{field}/{i}", text, errors) for i, text in enumerate(value)]
    if not errors and len(set(spelled)) != len(spelled):
        errors.append(FieldError(f"/{field}", "duplicate entry"))
    return spelled


def _spelled_one(field: str, pointer: str, text: str, errors: list[FieldError]) -> str:
    try:
        return _CANONICAL[field](text)
    except ValueError as error:
        errors.append(FieldError(pointer, str(error)))
        return text


def _camel(field: str) -> str:
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


@lru_cache(maxsize=64)
def _select(kind: Kind, *, narrow: bool) -> Select[Any]:
    statement = select(*kind.view.columns).where(kind.table.c.id == bindparam("row_id"))
    return statement.where(kind.sight.column == bindparam("own")) if narrow and kind.sight else statement


@lru_cache(maxsize=64)
def _insert(kind: Kind) -> Insert:
    return kind.table.insert().inline()


@lru_cache(maxsize=64)
def _update(kind: Kind) -> Update:
    return update(kind.table).where(kind.table.c.id == bindparam("row_id"))


@lru_cache(maxsize=64)
def _delete(kind: Kind) -> Delete:
    return delete(kind.table).where(kind.table.c.id == bindparam("row_id"))


@lru_cache(maxsize=64)
def _exist(kind: Kind, fields: tuple[str, ...]) -> Select[Any]:
    checks = (
        select(literal(1)).where(kind.references[field].c.id == bindparam(field)).scalar_subquery()
        for field in fields
    )
    return select(*checks)

"""Read and validate requests: headers, query and body."""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from itertools import islice
from typing import Annotated, Any, Final, NoReturn, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec

from reconciler.portal_server.operations.problems import MAX_ERRORS, FieldError, ProblemError, invalid

MAX_BODY: Final = 64 * 1024
# Lists in files can be long: 5 MB must fit, and addresses are up to three times as long in ASCII.
MAX_BODY_OF_READERS: Final = 16 * 1024 * 1024
_SINGLE: Final = frozenset({"authorization", "content-type", "idempotency-key"})


class ClientGoneError(Exception):
    """The client closed the connection before it had sent the complete request."""


def read_headers(lines: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers by name; fields with the same name are combined (RFC 9110).

    Reject with 400 a repeated header that must have a single value: a proxy could use the first value, the
    portal the second.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in lines:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name in headers:
            if name in _SINGLE:
                raise ProblemError(400, f"The header {name} is repeated.")
            value = f"{headers[name]}, {value}"
        headers[name] = value
    return headers


async def read_body(receive: Callable[[], Awaitable[MutableMapping[str, Any]]], most: int) -> bytes:
    """Return the body. Reject with 413 a body of more than `most` bytes, without reading the rest.

    Raise ClientGoneError if the connection ends before the body is complete, even if it looks complete.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > most:
            detail = f"The body must have at most {most:,} bytes."
            raise ProblemError(413, detail, headers={"Connection": "close"})
        if not message.get("more_body"):
            return b"".join(chunks)


def parse_body(content_type: str | None, body: bytes, wanted: Any) -> Any:
    """Decode the body. Reject with 415, 400 or 422."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProblemError(415, "The content type must be application/json.")
    return convert_body(_decode(body), wanted)


def convert_body(value: Any, wanted: Any) -> Any:
    """Validate a decoded body. Reject with 422."""
    return _convert(value, wanted, strict=True, prefix="/")


def parse_query(query_string: bytes, wanted: Any) -> Any:
    """Decode the query parameters. Reject with 422."""
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    values = dict(pairs)
    if len(values) != len(pairs):
        raise invalid("?", "duplicate parameter")
    return convert_query(values, wanted)


def convert_query(values: Mapping[str, str], wanted: Any) -> Any:
    """Validate query parameters. Reject with 422."""
    return _convert(values, wanted, strict=False, prefix="?")


def _decode(body: bytes) -> Any:
    """Parse JSON strictly (RFC 8259): UTF-8, no NaN, and no duplicate keys."""
    try:
        text = body.decode()
        if "\\u" in text:
            # The standard parser accepts unpaired surrogates, which no database can store.
            msgspec.json.decode(body)
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise ProblemError(
            400, "The body is not a valid JSON document in UTF-8 without duplicate keys."
        ) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("duplicate key")
    return values


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not valid JSON")


def _convert(value: Any, wanted: Any, *, strict: bool, prefix: str) -> Any:
    try:
        return msgspec.convert(value, wanted, strict=strict)
    except msgspec.ValidationError as error:
        faults = _faults(value, wanted, strict=strict, prefix=prefix)
        errors = list(islice(faults, MAX_ERRORS)) or [_fault(error, "")]
        raise ProblemError(422, "The request is not valid.", errors=errors) from error


def _faults(value: Any, wanted: Any, *, strict: bool, prefix: str) -> Iterator[FieldError]:
    """Return all errors in the fields of a body; msgspec stops at the first one."""
    if not isinstance(value, Mapping):
        return
    struct = get_args(wanted)[0] if get_origin(wanted) is Annotated else wanted
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    for key in value:
        if key not in fields:
            yield FieldError(f"{prefix}{_escaped(key)}", "is unknown")
    for key, field in fields.items():
        if key not in value:
            if field.required:
                yield FieldError(f"{prefix}{key}", "is required")
            continue
        try:
            msgspec.convert(value[key], field.type, strict=strict)
        except msgspec.ValidationError as error:
            yield _fault(error, f"{prefix}{key}")


def _fault(error: msgspec.ValidationError, pointer: str) -> FieldError:
    """Split a message of msgspec into the text and the location at its end."""
    detail, _, path = str(error).partition(" - at `$")
    steps = path.rstrip("`").replace("[", "/").replace("]", "").replace(".", "/")
    return FieldError(pointer + steps, detail)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")

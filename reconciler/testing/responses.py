"""Answers that are not what the portal gave: cut, mixed, slow, or of another time."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import httpx2
import msgspec

_FRAMING = frozenset({"content-length", "content-encoding", "transfer-encoding"})
_PIECES = 8


def rebuilt(
    answer: httpx2.Response, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
) -> httpx2.Response:
    """Return an answer that was read, to be read again, with other content or further headers."""
    return _with(answer, answer.content if content is None else content, headers or {})


def paged(answer: httpx2.Response) -> dict[str, Any] | None:
    """Return what a page of a list holds, or None where the answer is none, or an empty one."""
    try:
        found = msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        return None
    return found if isinstance(found, dict) and found.get("items") else None


def page(answer: httpx2.Response, items: Sequence[Any]) -> httpx2.Response:
    """Return a page with other items; total and cursor stay as they are."""
    held = msgspec.json.decode(answer.content)
    return rebuilt(answer, content=msgspec.json.encode({**held, "items": items}))


def dripping(answer: httpx2.Response, sleep: Callable[[float], Awaitable[None]]) -> httpx2.Response:
    """Return an answer that comes in pieces, with waits between them."""

    async def pieces() -> AsyncIterator[bytes]:
        for piece in _pieces(answer.content):
            await sleep(1)
            yield piece

    return _with(answer, pieces(), {})


def reset(answer: httpx2.Response) -> httpx2.Response:
    """Return an answer that ends in a reset before all of it came."""

    async def pieces() -> AsyncIterator[bytes]:
        for piece in _pieces(answer.content)[:-1]:
            yield piece
        raise httpx2.ReadError("connection reset by peer", request=answer.request)

    return _with(answer, pieces(), {})


def skewed(answer: httpx2.Response, hours: int) -> httpx2.Response:
    """Return an answer of a portal whose clock is so many hours off."""
    said = answer.headers.get("Date")
    date = parsedate_to_datetime(said) if said else datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
    return rebuilt(answer, headers={"Date": format_datetime(date + timedelta(hours=hours), usegmt=True)})


def _with(
    answer: httpx2.Response, content: bytes | AsyncIterator[bytes], headers: Mapping[str, str]
) -> httpx2.Response:
    kept = {name: value for name, value in answer.headers.items() if name not in _FRAMING}
    changed = {name.lower(): value for name, value in headers.items()}
    return httpx2.Response(
        answer.status_code, headers={**kept, **changed}, content=content, request=answer.request
    )


def _pieces(content: bytes) -> list[bytes]:
    size = max(1, len(content) // _PIECES)
    return [content[place : place + size] for place in range(0, len(content), size)]

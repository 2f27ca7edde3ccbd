"""Modified responses: truncated, reordered, slow, or with another date."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import httpx2
import msgspec

_FRAMING = frozenset({"content-length", "content-encoding", "transfer-encoding"})
_PIECES = 8


def rebuilt(
    response: httpx2.Response, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
) -> httpx2.Response:
    """Return a copy of a read response that can be read again, with other content or more headers."""
    return _with(response, response.content if content is None else content, headers or {})


def paged(response: httpx2.Response) -> dict[str, Any] | None:
    """Return the content of a page of a list, or None for another response or an empty page."""
    try:
        found = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return None
    return found if isinstance(found, dict) and found.get("items") else None


def page(response: httpx2.Response, items: Sequence[Any]) -> httpx2.Response:
    """Return a page with other items, but the same total and cursor."""
    held = msgspec.json.decode(response.content)
    return rebuilt(response, content=msgspec.json.encode({**held, "items": items}))


def dripping(response: httpx2.Response, sleep: Callable[[float], Awaitable[None]]) -> httpx2.Response:
    """Return a response whose content arrives in pieces with delays."""

    async def pieces() -> AsyncIterator[bytes]:
        for piece in _pieces(response.content):
            await sleep(1)
            yield piece

    return _with(response, pieces(), {})


def reset(response: httpx2.Response) -> httpx2.Response:
    """Return a response whose connection is reset before the content is complete."""

    async def pieces() -> AsyncIterator[bytes]:
        for piece in _pieces(response.content)[:-1]:
            yield piece
        raise httpx2.ReadError("connection reset by peer", request=response.request)

    return _with(response, pieces(), {})


def skewed(response: httpx2.Response, hours: int) -> httpx2.Response:
    """Return the response of a portal whose clock is wrong by these hours."""
    date_header = response.headers.get("Date")
    date = parsedate_to_datetime(date_header) if date_header else datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
    return rebuilt(response, headers={"Date": format_datetime(date + timedelta(hours=hours), usegmt=True)})


def _with(
    response: httpx2.Response, content: bytes | AsyncIterator[bytes], headers: Mapping[str, str]
) -> httpx2.Response:
    kept = {name: value for name, value in response.headers.items() if name not in _FRAMING}
    changed = {name.lower(): value for name, value in headers.items()}
    return httpx2.Response(
        response.status_code, headers={**kept, **changed}, content=content, request=response.request
    )


def _pieces(content: bytes) -> list[bytes]:
    size = max(1, len(content) // _PIECES)
    return [content[place : place + size] for place in range(0, len(content), size)]

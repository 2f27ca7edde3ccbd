"""Read the headers with which services announce rate limits: those of the IETF's drafts, and Kong's."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from reconciler.model.http_text import whole_number

_KONG_WINDOWS: Final = {"Second": 1, "Minute": 60, "Hour": 3600}


class Quota(msgspec.Struct, frozen=True):
    """So many requests in each window of so many seconds."""

    requests: float
    seconds: float


def rate_limit_reset(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds the RateLimit headers allow no more requests, or None.

    Reads `RateLimit-Remaining` with `RateLimit-Reset` in seconds, and the newer field `RateLimit`, such as
    `"default";r=0;t=30`. Of several limits the longest wait counts. Invalid values are ignored.
    """
    if "RateLimit-Remaining" not in headers and "RateLimit" not in headers:
        return None
    limits = [(headers.get("RateLimit-Remaining", ""), headers.get("RateLimit-Reset", ""))]
    limits += [(each.get("r", ""), each.get("t", "")) for _, each in _items(headers.get("RateLimit", ""))]
    waits = [whole_number(reset) for remaining, reset in limits if whole_number(remaining) == 0]
    return max((wait for wait in waits if wait is not None), default=None)


def quotas(headers: Mapping[str, str]) -> list[Quota]:
    """Return the quotas that the headers of a response announce; invalid ones are ignored.

    Reads `RateLimit-Policy`, such as `"burst";q=100;w=60` or `100;w=60`, the same in `RateLimit-Limit`, and
    `X-RateLimit-Limit-Second` and its like. Where only `RateLimit-Limit` and `RateLimit-Reset` are there, the
    window is what is left of it.
    """
    return [
        Quota(requests, seconds)
        for requests, seconds in ((whole_number(one), whole_number(other)) for one, other in _quotas(headers))
        if requests and seconds
    ]


def _quotas(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    policies = [*_items(headers.get("RateLimit-Policy", "")), *_items(headers.get("RateLimit-Limit", ""))]
    yield from ((each.get("q", value), each.get("w", "")) for value, each in policies)
    for name, seconds in _KONG_WINDOWS.items():
        yield headers.get(f"X-RateLimit-Limit-{name}", ""), str(seconds)
    if not any("w" in each for _, each in policies):
        yield headers.get("RateLimit-Limit", ""), headers.get("RateLimit-Reset", "")


def _items(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the items of a list of RFC 9651, each with its parameters."""
    for item in header.split(","):
        value, *parameters = item.split(";")
        yield value.strip(), dict(each.strip().partition("=")[::2] for each in parameters)

"""What the HTTP client needs to know of a forge: credentials, errors, rate limits and upper bounds."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from time import monotonic
from typing import Any, Final

import msgspec

from reconciler.http.auth import StaticToken
from reconciler.http.endpoint import Endpoint, Hints
from reconciler.http.limits import RunLimits
from reconciler.http.request import Response
from reconciler.http.retry import RetryPolicy, Sleep, retry_after
from reconciler.model.forge import ForgeSettings
from reconciler.model.http_text import moment, whole_number
from reconciler.model.json_input import ANY_JSON, decode_json

PAGE_SIZE: Final = 100
LIMITS: Final = RunLimits(pages=200, response_bytes=16 * 1024**2, bytes=512 * 1024**2)
_RATE_LIMITED: Final = frozenset(
    {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
)
# GitHub asks for a minute at least where it limits requests without a time.
_DEFAULT_WAIT: Final = 60.0
_SECONDARY_LIMIT: Final = "secondary-rate-limits"
_DETAILS: Final = ("message", "error", "errors")


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between the APIs of forges; `permissions` says what a token needs to write."""

    name: str
    permissions: str
    headers: Mapping[str, str]
    token_header: str = "Authorization"  # noqa: S105  the name of a header
    token_scheme: str = "Bearer"  # noqa: S105  the name of a scheme


def endpoint(settings: ForgeSettings, api: Api) -> Endpoint:
    """Return the endpoint of the forge of these settings."""
    hints = Hints(
        statuses={
            HTTPStatus.FORBIDDEN: api.permissions,
            HTTPStatus.NOT_FOUND: f"check that {settings.project} exists and that the token can read it",
        },
        unexpected="check that this is the address of its API",
        redirected=f"redirects are not followed; check whether {settings.project} was renamed",
        outcome_unknown="run this job again: it first looks for what exists",
        unencrypted="use https://, or --allow-http on a trusted network",
    )
    return Endpoint(
        name=api.name,
        auth=StaticToken(settings.token, settings.token_from, api.token_header, api.token_scheme),
        address=settings.address,
        allow_http=settings.allow_http,
        headers=api.headers,
        hints=hints,
        error_detail=error_detail,
        requested_wait=requested_wait,
        rate_limited=_RATE_LIMITED,
    )


def retry_policy(
    sleep: Sleep, random: Callable[[], float], clock: Callable[[], float] = monotonic
) -> RetryPolicy:
    """Return the retry policy for forges, which are shared by many jobs and limit them for longer.

    Many jobs wait for the same moment, so jitter is added to that, too.
    """
    return RetryPolicy(
        sleep=sleep, random=random, clock=clock, connect_attempts=5, first=1.0, longest=120.0, spread=True
    )


def requested_wait(response: Response) -> float | None:
    """Return for how many seconds a response asks for no more requests; None where it does not.

    A secondary rate limit of GitHub may show only in the link to its documentation.
    """
    if response.status not in _RATE_LIMITED:
        return None
    wait = retry_after(response.headers)
    if wait is None:
        wait = _until_reset(response.headers)
    if wait is None and (response.status == HTTPStatus.TOO_MANY_REQUESTS or _is_secondary(response)):
        return _DEFAULT_WAIT
    return wait


def error_detail(response: Response) -> str:
    """Return the explanation in an error response: `message` and `errors` of GitHub, or `error` of GitLab."""
    body = _json_object(response)
    return "; ".join(filter(None, (_text(body.get(key)) for key in _DETAILS)))


def _until_reset(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until an exhausted limit is reset, compared with the Date of the same response."""
    now = moment(headers.get("Date", ""))
    for prefix in ("X-RateLimit", "RateLimit"):
        reset = whole_number(headers.get(f"{prefix}-Reset", ""))
        exhausted = whole_number(headers.get(f"{prefix}-Remaining", "")) == 0
        if now is not None and reset is not None and exhausted:
            return max(0.0, reset - now.timestamp())
    return None


def _is_secondary(response: Response) -> bool:
    return _SECONDARY_LIMIT in str(_json_object(response).get("documentation_url"))


def _json_object(response: Response) -> dict[str, Any]:
    """Return the body of an error response; empty unless it is a JSON object."""
    try:
        body = decode_json(response.body, ANY_JSON)
    except msgspec.DecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _text(value: Any) -> str:
    """Return the texts of an explanation, which is a text, an object, or a list of them."""
    entries = value if isinstance(value, list) else [value]
    return ", ".join(filter(None, map(_entry, entries)))


def _entry(value: Any) -> str:
    if not isinstance(value, dict):
        return _strings(value)
    message = value.get("message")
    if isinstance(message, str):
        return message
    return ", ".join(f"{key} {text}" for key, each in value.items() if (text := _strings(each)))


def _strings(value: Any) -> str:
    items = value if isinstance(value, list) else [value]
    return ", ".join(item for item in items if isinstance(item, str))

"""What the checks of all forges do alike: try a right without writing, and skip what a token may not read."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from reconciler.http.attempts import refusal
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request
from reconciler.model.health import CheckResult, ok

Run: TypeAlias = Callable[[], Awaitable[CheckResult]]


def tried(client: HttpClient, path: str, allowed: str) -> Run:
    """Return a check that tries to create something without any content."""
    nothing: Mapping[str, Any] = {}

    async def run() -> CheckResult:
        request = Request(method="POST", path=path, body=nothing, safe=True)
        error = await refusal(client, request, (HTTPStatus.UNPROCESSABLE_ENTITY,))
        if error is not None:
            raise error
        return ok(allowed)

    return run


def visible(run: Run, hidden: Collection[HTTPStatus], result: Callable[[ApiError], CheckResult]) -> Run:
    """Return a check with another result where the token may not read what it checks; these are `hidden`."""

    async def checked() -> CheckResult:
        try:
            return await run()
        except ApiError as error:
            if error.status not in hidden or error.wait is not None:
                raise
            return result(error)

    return checked


def unreadable(error: ApiError) -> str:
    """Return what a check says about an object that the token may not read."""
    return f"the token may not read it ({error.status}: {error.detail})"

"""A scripted service: it sends the given responses, and keeps the requests."""

from collections.abc import Callable
from typing import Any

import httpx2

from reconciler.http.auth import StaticToken
from reconciler.http.client import HttpClient
from reconciler.http.endpoint import Endpoint, Hints
from reconciler.http.limits import RunLimits
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText

TOKEN = "rpt_very-secret"
WHERE = Endpoint(
    name='portal "staging"',
    auth=StaticToken(SecretText(TOKEN), "PORTAL_TOKEN"),
    address="https://portal.example",
    hints=Hints(
        statuses={403: "use another token"},
        unreachable="is it running?",
        unexpected="check the address",
        redirected="set the final address",
        outcome_unknown="make a new plan",
    ),
)
HUNDRED = RunLimits(requests=100)
Answer = httpx2.Response | Exception


class Line(httpx2.AsyncBaseTransport):
    """Gives one answer a request, the last one again and again, and keeps the requests."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.requests: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


class Answering(httpx2.AsyncBaseTransport):
    """Computes each answer from the request."""

    def __init__(self, answer: Callable[[httpx2.Request], httpx2.Response]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._answer(request)


class Naps:
    """A sleep that takes no time and is remembered, and the clock that it moves."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def clock(self) -> float:
        return sum(self.seconds)


def client(
    line: httpx2.AsyncBaseTransport,
    naps: Naps | None = None,
    *,
    luck: float = 1.0,
    limits: RunLimits = HUNDRED,
    endpoint: Endpoint = WHERE,
) -> HttpClient:
    """Return the client under test at the end of a line; `luck` is what its random numbers are."""
    naps = naps or Naps()
    policy = RetryPolicy(sleep=naps, random=lambda: luck, clock=naps.clock)
    http = httpx2.AsyncClient(transport=line, base_url=endpoint.address)
    return HttpClient(http, endpoint, policy, limits)


def ok(body: Any, status: int = 200) -> httpx2.Response:
    """Return a good answer."""
    return httpx2.Response(status, json=body)


def problem(
    status: int, detail: str = "", headers: dict[str, str] | None = None, **more: Any
) -> httpx2.Response:
    """Return a refusal as RFC 9457 has it."""
    sent = {"Content-Type": "application/problem+json", **(headers or {})}
    return httpx2.Response(status, json={"status": status, "detail": detail, **more}, headers=sent)

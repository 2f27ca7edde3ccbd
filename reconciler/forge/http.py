"""The HTTP client of all forges: one address, one token, no redirects, and patience with what may pass."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from http import HTTPStatus
from time import monotonic
from typing import Any, Final, TypeVar

import httpx2
import msgspec

from reconciler.forge import problems
from reconciler.forge.waiting import RetryPolicy, asked_to_wait
from reconciler.model.forge import ForgeError, ForgeSettings
from reconciler.model.json_input import ANY_JSON, decode_json

LARGEST_ANSWER: Final = 16 * 1024 * 1024
LARGEST_LIST: Final = 128 * 1024 * 1024
MOST_PAGES: Final = 200
PAGE_SIZE: Final = "100"
_LOG: Final = logging.getLogger(__name__)
_NOT_SENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)

Read = TypeVar("Read")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `path` is below the API's address, or an address that `ForgeClient.own` let pass.

    `appends` says of a change that doing it twice is more than doing it once.
    """

    method: str
    path: str
    query: Mapping[str, str] = {}
    body: Any = None
    appends: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether doing it twice is the same as doing it once."""
        return self.method != "POST" and not self.appends


class Answer(msgspec.Struct, frozen=True):
    """An answer as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Failure(msgspec.Struct, frozen=True):
    """Why there is no good answer, whether asking again may help, and the wait that was asked for."""

    error: ForgeError
    again: bool = False
    asked: float | None = None


class ForgeClient:
    """Sends requests to one forge with its token, and repeats only what is safe to repeat."""

    def __init__(self, client: httpx2.AsyncClient, settings: ForgeSettings, patience: RetryPolicy) -> None:
        self._client = client
        self.settings = settings
        self._patience = patience

    async def send(self, request: Request) -> Answer:
        """Send a request and return its good answer.

        Raises RefusedError for a refusal, LostAnswerError for one that may have been done, and ForgeError
        for everything else that went wrong.
        """
        attempt = 1
        while True:
            outcome = await self._try(request)
            if isinstance(outcome, Answer):
                return outcome
            wait = self._patience.wait(attempt, outcome.asked) if outcome.again else None
            if wait is None:
                raise outcome.error
            await self._patience.sleep(wait)
            attempt += 1

    async def pause(self, attempt: int) -> None:
        """Leave the forge a moment to finish what it may be doing."""
        await self._patience.sleep(self._patience.first * 2.0 ** (attempt - 1))

    async def pages(
        self, path: str, query: Mapping[str, str], following: Callable[[Answer], Request | None]
    ) -> AsyncIterator[Answer]:
        """Yield the pages of a list; `following` says how to ask for the one after a page."""
        request = Request(method="GET", path=path, query={**query, "per_page": PAGE_SIZE})
        size = 0
        for _ in range(MOST_PAGES):
            answer = await self.send(request)
            size += len(answer.body)
            if size > LARGEST_LIST:
                raise problems.unreadable(self.settings, f"more than {_mebibytes(LARGEST_LIST)} at /{path}")
            yield answer
            further = following(answer)
            if further is None:
                return
            request = further
        raise problems.unreadable(self.settings, f"more than {MOST_PAGES} pages at /{path}")

    def own(self, address: str) -> str:
        """Return an address that the forge gave. Raises ForgeError for another host, which gets no token."""
        base = self._client.base_url
        try:
            url = base.join(address)
        except httpx2.InvalidURL:
            raise problems.astray(self.settings, address) from None
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port) or url.userinfo:
            raise problems.astray(self.settings, address)
        return str(url)

    def read(self, answer: Answer, kind: type[Read]) -> Read:
        """Read the body of an answer, without our token in it. Raises ForgeError for what is not promised."""
        try:
            return decode_json(answer.body, msgspec.json.Decoder(kind), self.settings.token)
        except msgspec.DecodeError as error:
            raise problems.unreadable(self.settings, f"what it does not promise: {error}") from error

    async def _try(self, request: Request) -> Answer | _Failure:
        try:
            answer = await self._exchange(request)
        except _NOT_SENT as error:
            return _Failure(problems.unreachable(self.settings, _why(error)), again=True)
        except httpx2.RequestError as error:
            return self._no_answer(request, _why(error))
        except ForgeError as error:
            return _Failure(error)
        return answer if answer.status < HTTPStatus.MULTIPLE_CHOICES else self._judge(request, answer)

    async def _exchange(self, request: Request) -> Answer:
        content = None if request.body is None else msgspec.json.encode(request.body)
        began = monotonic()
        async with self._client.stream(
            request.method,
            request.path,
            params=dict(request.query) or None,
            headers={"Content-Type": "application/json"} if content is not None else {},
            content=content,
        ) as response:
            chunks: list[bytes] = []
            size = 0
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    raise problems.unreadable(self.settings, f"with more than {_mebibytes(LARGEST_ANSWER)}")
                chunks.append(chunk)
        milliseconds = round((monotonic() - began) * 1000)
        # Read by the log as JSON, too; requests to portals are told alike.
        path = response.url.path.lstrip("/")
        _LOG.info("%s /%s %s %d ms", request.method, path, response.status_code, milliseconds)
        return Answer(response.status_code, response.headers, b"".join(chunks))

    def _judge(self, request: Request, answer: Answer) -> _Failure:
        """Say what an answer means that is not good."""
        status, settings = answer.status, self.settings
        if status < HTTPStatus.BAD_REQUEST:
            return _Failure(problems.redirected(settings, answer.headers.get("Location", "")))
        asked = asked_to_wait(status, answer.headers, _explained(answer.body), self._patience.now())
        if asked is not None:
            return _Failure(problems.limited(settings, status, asked), again=True, asked=asked)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self._no_answer(request, problems.failed(status))
        return _Failure(problems.refused(settings, status, answer.body))

    def _no_answer(self, request: Request, why: str) -> _Failure:
        error = problems.silent if request.repeatable else problems.lost
        return _Failure(error(self.settings, why), again=request.repeatable)


def _mebibytes(size: int) -> str:
    return f"{size // 1024 // 1024} MiB"


def _why(error: httpx2.RequestError) -> str:
    """Say what happened on the line; timeouts have no text of their own."""
    return str(error) or type(error).__name__


def _explained(body: bytes) -> str:
    """Return the address of the documentation that a refusal of GitHub's names."""
    try:
        found = decode_json(body, ANY_JSON)
    except msgspec.DecodeError:
        return ""
    address = found.get("documentation_url") if isinstance(found, dict) else None
    return address if isinstance(address, str) else ""

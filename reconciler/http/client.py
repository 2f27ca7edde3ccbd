"""The one HTTP client of all adapters: it knows what is safe to repeat, and what a failure means."""

import logging
from asyncio import timeout
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from time import monotonic
from typing import Any, Final

import httpx2
import msgspec

from reconciler.errors import PortalError
from reconciler.http import errors
from reconciler.http.errors import ApiError, Endpoint
from reconciler.http.limiter import AdaptiveLimiter
from reconciler.http.retry import RetryPolicy, exhausted_for, retry_after
from reconciler.http.transport_errors import NOT_SENT, distrust, why
from reconciler.model.json_input import decode_json
from reconciler.model.portal import UnknownOutcomeError
from reconciler.model.receipt import Traffic

LARGEST_ANSWER: Final = 32 * 1024 * 1024
# From the first byte sent to the last one received; the line's own limits are for its silences.
LONGEST_SECONDS: Final = 120
_JSON: Final = "application/json"
_LOG: Final = logging.getLogger(__name__)
# Its arguments are read, too: by the log as JSON and by traces.
_SAID: Final = "%s /%s %s %d ms"
_PLEASE_WAIT: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class Most(msgspec.Struct, frozen=True):
    """What one run may ask for and be sent: far more than any plan needs, and no more than a machine holds.

    That is a request a change and some to read, and several reads of a large portal.
    """

    requests: int = 1_000_000
    bytes: int = 2 * 1024**3
    items: int = 5_000_000


ENOUGH: Final = Most()


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request; `repeatable` says that doing it twice is the same as doing it once."""

    method: str
    path: str
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: Any = None
    repeatable: bool = False

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"


class Answer(msgspec.Struct, frozen=True):
    """An answer as it came; `media_type` is its content type without parameters.

    `attempts` is how often the request was sent until it came.
    """

    status: int
    headers: Mapping[str, str]
    media_type: str
    body: bytes
    attempts: int = 1


class _Meter:
    """Counts while requests are sent."""

    __slots__ = ("bytes", "items", "requests", "retries", "waited")

    def __init__(self) -> None:
        self.requests = self.retries = self.bytes = self.items = 0
        self.waited = 0.0


class _Failure(msgspec.Struct, frozen=True):
    """Why there is no good answer, whether asking again is safe, and the wait that was asked for."""

    error: PortalError
    again: bool = False
    asked: float | None = None


class HttpClient:
    """Sends requests to one portal with its token, follows no redirect, and repeats only what is safe."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        where: Endpoint,
        patience: RetryPolicy,
        pace: AdaptiveLimiter | None = None,
        most: Most = ENOUGH,
    ) -> None:
        self._client = client
        self._where = where
        self._patience = patience
        self._pace = pace or AdaptiveLimiter(monotonic, patience.sleep)
        self._most = most
        self._met = False
        self._traffic = _Meter()

    @property
    def where(self) -> Endpoint:
        """Which portal is spoken to, as messages name it."""
        return self._where

    @property
    def traffic(self) -> Traffic:
        """What was asked of the portal so far."""
        meter = self._traffic
        waited = round(meter.waited + self._pace.waited, 3)
        return Traffic(meter.requests, meter.retries, meter.bytes, waited)

    async def send(self, request: Request) -> Answer:
        """Send a request and return its good answer, which is JSON or empty.

        Raises RefusedError for a refusal, LostAnswerError for a write that may have been done, and
        PortalError for everything else that went wrong.
        """
        doubtful, attempt = False, 1
        while True:
            outcome = await self._try(request, attempt)
            if isinstance(outcome, Answer):
                return outcome if attempt == 1 else msgspec.structs.replace(outcome, attempts=attempt)
            doubtful = doubtful or isinstance(outcome.error, UnknownOutcomeError)
            wait = self._patience.wait(attempt, outcome.asked) if outcome.again else None
            if wait is None:
                error = self._last_word(outcome, doubtful=doubtful)
                error.attempts = attempt
                raise error
            self._traffic.retries += 1
            self._traffic.waited += wait
            await self._patience.sleep(wait)
            attempt += 1

    def decode(self, answer: Answer, decoder: "msgspec.json.Decoder[Any]", *, written: bool = False) -> Any:
        """Decode the body of an answer, without our token in it.

        Raises PortalError, or LostAnswerError when it answers a write.
        """
        try:
            return decode_json(answer.body, decoder, self._where.token)
        except msgspec.DecodeError as error:
            what = f"what it does not promise: {error}"
            raise self._unreadable(what, written=written) from error

    def count_items(self, number: int) -> None:
        """Count the items of a page. Raises PortalError when there were far too many."""
        self._traffic.items += number
        if self._traffic.items > self._most.items:
            raise errors.too_much(self._where, f"listed more than {self._most.items:,} objects")

    def _last_word(self, failure: _Failure, *, doubtful: bool) -> PortalError:
        """Return the error to give up with: after a lost answer, only a clear answer removes the doubt."""
        clear = isinstance(failure.error, ApiError) and not failure.again
        if not doubtful or clear or isinstance(failure.error, UnknownOutcomeError):
            return failure.error
        return errors.lost(self._where, f"after a lost answer, {failure.error.message}")

    async def _try(self, request: Request, attempt: int) -> Answer | _Failure:
        try:
            answer = await self._once(request, attempt)
        except NOT_SENT as error:
            if (reason := distrust(error)) is not None:
                return _Failure(errors.untrusted(self._where, reason))
            # One that never answered is probably not there at all; people should not wait to hear it.
            again = self._met or attempt == 1
            return _Failure(errors.unreachable(self._where, why(error)), again=again)
        except httpx2.RequestError as error:
            return self._no_answer(request, why(error))
        except PortalError as error:
            # One that cannot be read is no answer: what may be repeated is asked for again.
            return _Failure(error, again=request.repeatable and isinstance(error, UnknownOutcomeError))
        return answer if answer.status < HTTPStatus.MULTIPLE_CHOICES else self._judge(request, answer)

    async def _once(self, request: Request, attempt: int) -> Answer:
        self._spend()
        began = await self._pace.enter()
        answer = None
        try:
            answer = await self._exchange(request)
        finally:
            enough = answer is not None and answer.status in _PLEASE_WAIT
            took = self._pace.leave(began, enough=enough, answered=answer is not None)
            status = answer.status if answer is not None else "no answer"
            said = _SAID if attempt == 1 else f"{_SAID}, attempt {attempt}"
            _LOG.info(said, request.method, request.path, status, round(took * 1000))
        self._heed(answer)
        if answer.status < HTTPStatus.MULTIPLE_CHOICES and answer.body and answer.media_type != _JSON:
            what = f"with {answer.media_type or 'an unnamed content type'} where JSON is due"
            raise self._unreadable(what, written=request.writes)
        return answer

    async def _exchange(self, request: Request) -> Answer:
        """Send a request and take its answer, whole and in time. Raises httpx2.RequestError."""
        try:
            async with timeout(LONGEST_SECONDS):
                return await self._exchange_without_end(request)
        except TimeoutError as late:
            raise httpx2.ReadTimeout(f"no whole answer in {LONGEST_SECONDS} seconds") from late

    async def _exchange_without_end(self, request: Request) -> Answer:
        content = None if request.body is None else msgspec.json.encode(request.body)
        sent = {"Content-Type": _JSON} if content is not None else {}
        async with self._client.stream(
            request.method,
            request.path,
            params=dict(request.query) or None,
            headers={**sent, **request.headers},
            content=content,
        ) as response:
            self._met = True
            body = b"".join([chunk async for chunk in self._bounded(response, request)])
        self._traffic.bytes += len(body)
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(response.status_code, response.headers, media_type, body)

    def _spend(self) -> None:
        """Count a request before it is sent. Raises PortalError when there were, or came, far too many."""
        most = self._most
        if self._traffic.requests >= most.requests:
            message = f"{self._where} was asked {most.requests:,} times in this run, and that is the most"
            raise PortalError(message, "plan again for the rest; a smaller plan asks less")
        if self._traffic.bytes > most.bytes:
            raise errors.too_much(self._where, f"sent more than {most.bytes / 1024**2:,.0f} MiB")
        self._traffic.requests += 1

    def _heed(self, answer: Answer) -> None:
        """Let everybody wait for as long as the portal asked, unless that is too long to wait for."""
        asked = exhausted_for(answer.headers)
        if answer.status in _PLEASE_WAIT:
            told = retry_after(answer.headers.get("Retry-After"), answer.headers.get("Date"))
            asked = asked if told is None else told
        if asked is not None and asked <= self._patience.longest:
            self._pace.hold(asked)

    async def _bounded(self, response: httpx2.Response, request: Request) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > LARGEST_ANSWER:
                what = f"with more than {LARGEST_ANSWER // 1024 // 1024} MiB"
                raise self._unreadable(what, written=request.writes)
            yield chunk

    def _judge(self, request: Request, answer: Answer) -> _Failure:
        """Say what an answer means that is not good."""
        status, where = answer.status, self._where
        if status < HTTPStatus.BAD_REQUEST:
            return _Failure(errors.redirected(where, status, answer.headers.get("Location", "")))
        asked = retry_after(answer.headers.get("Retry-After"), answer.headers.get("Date"))
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status in _PLEASE_WAIT and asked is not None):
            refusal = errors.refused(where, status, answer.media_type, answer.body)
            return _Failure(refusal, again=True, asked=asked)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self._no_answer(request, errors.failed(status))
        return _Failure(errors.refused(where, status, answer.media_type, answer.body))

    def _no_answer(self, request: Request, reason: str) -> _Failure:
        error = errors.lost if request.writes else errors.silent
        return _Failure(error(self._where, reason), again=request.repeatable or not request.writes)

    def _unreadable(self, what: str, *, written: bool) -> PortalError:
        if written:
            return errors.lost(self._where, f"it answered {what}")
        return errors.unreadable(self._where, what)

"""The HTTP client of portals and forges: it knows what is safe to repeat, and what a failure means."""

import logging
from asyncio import timeout
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, TypeVar

import httpx2
import msgspec

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http import errors
from reconciler.http.endpoint import Endpoint
from reconciler.http.errors import ApiError
from reconciler.http.limiter import AdaptiveLimiter, Feedback
from reconciler.http.limits import DEFAULT_LIMITS, RunLimits, Usage
from reconciler.http.rate_limit_headers import quotas
from reconciler.http.request import Request, Response
from reconciler.http.retry import RetryPolicy
from reconciler.http.transport_errors import NOT_SENT, TLS_HINT, certificate_error, is_tls_error, reason
from reconciler.model.json_input import Decoder, decode_json
from reconciler.model.receipt import Traffic

# From the first byte sent to the last one received; the timeouts of the connection are for its silences.
DEADLINE_SECONDS: Final = 120
_OVERLOADED: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_LOG: Final = logging.getLogger(__name__)
# The arguments are read by the JSON log and by traces.
LOG_LINE: Final = "%s /%s %s %d ms"

Decoded = TypeVar("Decoded")


class _Failure(msgspec.Struct, frozen=True):
    """Why there is no good response, whether sending it again is safe, and the wait the service asks for."""

    error: PortalError
    repeat: bool = False
    wait: float | None = None


class HttpClient:
    """Sends requests to one service, follows no redirect, and repeats only what is safe to repeat."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        endpoint: Endpoint,
        retry_policy: RetryPolicy,
        limits: RunLimits = DEFAULT_LIMITS,
    ) -> None:
        self._client = client
        self._root = str(client.base_url).rstrip("/")
        self.endpoint = endpoint
        self._retry_policy = retry_policy
        self._limiter = AdaptiveLimiter(retry_policy.clock, retry_policy.sleep)
        self._connected = False
        self.usage = Usage(endpoint, limits)
        self.last_headers: Mapping[str, str] = {}

    @property
    def traffic(self) -> Traffic:
        """What was requested so far."""
        usage = self.usage
        waited = round(usage.waited + self._limiter.waited, 3)
        return Traffic(usage.requests, usage.retries, usage.bytes, waited)

    async def send(self, request: Request) -> Response:
        """Send a request and return its good response, which is JSON or empty.

        Raises ApiError for a rejection, UnknownOutcomeError for a write that may have taken effect, and
        PortalError for every other failure.
        """
        uncertain, attempt = False, 1
        while True:
            if request.tally is not None:
                request.tally.sent += 1
            outcome = await self._try(request, attempt)
            if isinstance(outcome, Response):
                if request.tally is not None:
                    request.tally.done += 1
                return outcome
            uncertain = uncertain or isinstance(outcome.error, UnknownOutcomeError)
            repeat = outcome.repeat and not request.once
            wait = self._retry_policy.wait(attempt, outcome.wait) if repeat else None
            if wait is None:
                raise self._final_error(outcome, uncertain=uncertain)
            self.usage.count_retry(wait)
            await self._retry_policy.sleep(wait)
            attempt += 1

    async def fetch(self, request: Request, decoder: Decoder[Decoded]) -> Decoded:
        """Send a request and decode the response. Raises the errors of send and decode."""
        return self.decode(await self.send(request), decoder)

    async def find(self, request: Request) -> Response | None:
        """Send a request, and return its response; None if there is no such object."""
        try:
            return await self.send(request)
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    async def delete(self, request: Request) -> None:
        """Send a request that deletes. It is done if the object no longer exists: it may have come before."""
        if await self.find(request) is None and request.tally is not None:
            request.tally.done += 1

    def decode(self, response: Response, decoder: Decoder[Decoded]) -> Decoded:
        """Decode the body of a response, with our credentials removed from it.

        Raises PortalError, or UnknownOutcomeError for the response to a write.
        """
        try:
            return decode_json(response.body, decoder, *self.endpoint.auth.secrets)
        except msgspec.DecodeError as error:
            raise errors.unexpected(self.endpoint, str(error), written=response.written) from error

    def resolve(self, link: str) -> str:
        """Return a link from a response as a path. Raises PortalError for a link to another host."""
        base = self._client.base_url
        try:
            url = base.join(link)
        except httpx2.InvalidURL:
            raise errors.foreign_link(self.endpoint, link) from None
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port) or url.userinfo:
            raise errors.foreign_link(self.endpoint, link)
        return str(url)

    async def pause(self, attempt: int) -> None:
        """Give the service time to finish what it may still be doing, more after each attempt."""
        await self._retry_policy.sleep(self._retry_policy.first * 2.0 ** (attempt - 1))

    def _final_error(self, failure: _Failure, *, uncertain: bool) -> PortalError:
        """Return the error to raise: once an outcome is unknown, only a definite rejection settles it."""
        settled = isinstance(failure.error, ApiError) and not failure.repeat
        if not uncertain or settled or isinstance(failure.error, UnknownOutcomeError):
            return failure.error
        return errors.outcome_unknown(self.endpoint, f"no clear response, then: {failure.error.message}")

    async def _try(self, request: Request, attempt: int) -> Response | _Failure:
        try:
            response = await self._send_once(request, attempt)
        except NOT_SENT as error:
            if (problem := certificate_error(error)) is not None:
                return _Failure(errors.untrusted(self.endpoint, problem))
            # A service that never responded is probably not there; people should not wait for that news.
            repeat = self._connected or attempt < self._retry_policy.connect_attempts
            hint = TLS_HINT if is_tls_error(error) else self.endpoint.hints.unreachable
            return _Failure(errors.unreachable(self.endpoint, reason(error), hint), repeat)
        except httpx2.RequestError as error:
            return self._no_response(request, reason(error))
        except PortalError as error:
            return _Failure(error, request.repeatable and isinstance(error, UnknownOutcomeError))
        return response if response.status < HTTPStatus.MULTIPLE_CHOICES else self._judge(request, response)

    async def _send_once(self, request: Request, attempt: int) -> Response:
        auth = self.endpoint.auth
        headers = await auth.headers()
        response = await self._send_with(headers, request, attempt)
        if response.status == HTTPStatus.UNAUTHORIZED and auth.discard(headers):
            # The service did not process the request, so a write is safe to send again, too.
            response = await self._send_with(await auth.headers(), request, attempt)
        return response

    async def _send_with(self, headers: dict[str, str], request: Request, attempt: int) -> Response:
        self.usage.count_request()
        outgoing = self._build(headers, request)
        began = await self._limiter.acquire()
        response = None
        try:
            response = await self._exchange(request, outgoing)
        finally:
            took = self._limiter.release(began, self._feedback(response) if response is not None else None)
            status = response.status if response is not None else "no response"
            line = LOG_LINE if attempt == 1 else f"{LOG_LINE}, attempt {attempt}"
            path = request.hide_secrets(outgoing.url.path.lstrip("/"))
            _LOG.info(line, outgoing.method, path, status, round(took * 1000))
        if response.status < HTTPStatus.MULTIPLE_CHOICES and response.body and not response.is_json:
            raise errors.not_json(self.endpoint, response)
        return response

    def _build(self, headers: dict[str, str], request: Request) -> httpx2.Request:
        content, media_type = request.content()
        # The library takes three times as long to join an address and a path.
        is_link = request.path.startswith(("http://", "https://"))
        return self._client.build_request(
            request.method,
            request.path if is_link else f"{self._root}/{request.path.lstrip('/')}",
            params=dict(request.query) or None,
            headers={**media_type, **headers, **request.headers},
            content=content,
        )

    async def _exchange(self, request: Request, outgoing: httpx2.Request) -> Response:
        """Send a request and receive the whole response before the deadline. Raises httpx2.RequestError."""
        try:
            async with timeout(DEADLINE_SECONDS):
                response = await self._client.send(outgoing, stream=True)
                try:
                    return await self._receive(request, response)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise httpx2.ReadTimeout(f"no complete response within {DEADLINE_SECONDS} seconds") from error

    async def _receive(self, request: Request, response: httpx2.Response) -> Response:
        self._connected = True
        self.last_headers = response.headers
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if problem := self.usage.oversized(size):
                raise errors.unexpected(self.endpoint, problem, written=request.writes)
        self.usage.bytes += size
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        body = b"".join(chunks)
        return Response(response.status_code, response.headers, media_type, body, request.writes)

    def _feedback(self, response: Response) -> Feedback:
        """Return what a response says about rate limits; a wait that is too long is not waited for."""
        throttled = response.status in _OVERLOADED
        wait = self.endpoint.requested_wait(response)
        # An overloaded service that is not available says nothing about the rate at which it will be.
        refused = response.status == HTTPStatus.TOO_MANY_REQUESTS or (wait is not None and not throttled)
        announced = quotas(response.headers) if refused or self._limiter.paced else ()
        if wait is not None and wait > self._retry_policy.longest:
            wait = None
        return Feedback(throttled, refused, wait, announced)

    def _judge(self, request: Request, response: Response) -> _Failure:
        """Return what a response that is not good means."""
        status, endpoint = response.status, self.endpoint
        if status < HTTPStatus.BAD_REQUEST:
            return _Failure(errors.redirected(endpoint, response))
        if request.secrets:
            text = request.hide_secrets(response.body.decode(errors="replace"))
            response = msgspec.structs.replace(response, body=text.encode())
        wait = endpoint.requested_wait(response)
        limited = status in endpoint.rate_limited and wait is not None
        if limited or status == HTTPStatus.TOO_MANY_REQUESTS:
            return _Failure(errors.rejected(endpoint, response, wait), repeat=True, wait=wait)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self._no_response(request, errors.server_error(status))
        return _Failure(errors.rejected(endpoint, response))

    def _no_response(self, request: Request, why: str) -> _Failure:
        if request.writes:
            return _Failure(errors.outcome_unknown(self.endpoint, why), request.repeatable)
        return _Failure(errors.no_response(self.endpoint, why), repeat=True)

"""The service that requests are sent to, and what differs between services."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import msgspec

from reconciler.http.auth import Auth
from reconciler.http.problem_details import problem_detail
from reconciler.http.request import Response
from reconciler.http.retry import requested_wait
from reconciler.model.http_text import redact

_RATE_LIMITED: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Hints(msgspec.Struct, frozen=True, kw_only=True):
    """What messages advise for this service; `statuses` is about error responses, by status."""

    statuses: Mapping[int, str] = MappingProxyType({})
    unreachable: str = "try again later"
    unexpected: str = ""
    redirected: str = "redirects are not followed"
    outcome_unknown: str = ""
    unencrypted: str = "use https://"


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One service: its name in messages, its address, and the credentials for it.

    `address` is empty for a service in this process. `allow_http` permits an unencrypted connection to
    another machine. `error_detail` reads the text of an error response. `requested_wait` returns for how many
    seconds a response asks for no more requests; with a status of `rate_limited` it rejects only for now.
    With `html_errors`, its own error responses are web pages.
    """

    name: str
    auth: Auth
    address: str = ""
    allow_http: bool = False
    headers: Mapping[str, str] = MappingProxyType({})
    hints: Hints = Hints()
    error_detail: Callable[[Response], str] = problem_detail
    requested_wait: Callable[[Response], float | None] = requested_wait
    rate_limited: frozenset[int] = _RATE_LIMITED
    html_errors: bool = False

    def __str__(self) -> str:
        return f"{self.name} at {self.address}" if self.address else self.name

    def redact(self, text: str) -> str:
        """Return a text from elsewhere as one short line without the credentials."""
        return redact(text, *self.auth.secrets)

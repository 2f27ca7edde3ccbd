"""The input and output of operations."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from reconciler.portal_server.mail import Post
from reconciler.portal_server.values.formats import CallerScope, PartnerStatus, Through, instant_text

NO_HEADERS: Mapping[str, str] = {}


class Caller(msgspec.Struct, frozen=True):
    """The owner of a token, or a person who is signed in to the pages, who has an `email`.

    A team's token and a team's admin also have the partner, its status, and `delegated`. The scope person is
    for people who are not admins; `team_id` is then the team whose page they are on. `id` is None for the
    portal's operator, whose token is not stored, and for people.
    """

    id: str | None
    name: str
    scope: CallerScope
    team_id: str | None = None
    delegated: bool | None = None
    partner_id: str | None = None
    partner_status: PartnerStatus | None = None
    email: str | None = None

    @property
    def holder(self) -> str:
        """The owner of idempotency keys and rate limits."""
        return self.id or self.email or "operator"

    @property
    def through(self) -> Through:
        """What the caller uses, for the audit log: a person with all rights acts as an operator."""
        if self.id:
            return "token"
        return "operator" if self.email is None or self.scope == "admin" else "page"


class Call(msgspec.Struct):
    """A request in its transaction, with validated query and body.

    `post` is how mails are sent; None in a portal without pages, whose mails have no links.
    """

    connection: Connection
    now: datetime
    caller: Caller | None
    path: Mapping[str, str]
    query: Any
    body: Any
    headers: Mapping[str, str]
    post: Post | None = None

    @property
    def time(self) -> str:
        """The current time as text."""
        return instant_text(self.now)

    @property
    def of_team(self) -> bool:
        """Whether the caller has a team's token, or is a team's admin on its pages."""
        return self.caller is not None and self.caller.scope == "team"


class HttpResponse(msgspec.Struct, frozen=True):
    """A response; `kept` is the body for repetitions of the request, if it differs."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = NO_HEADERS
    stored_body: bytes | None = None


Handler = Callable[[Call], HttpResponse]


def json_response(status: int, body: object, headers: Mapping[str, str] = NO_HEADERS) -> HttpResponse:
    """Return a response with this body as JSON."""
    return HttpResponse(status, msgspec.json.encode(body), headers)

"""What an operation is given, and what it gives back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from reconciler.portal_server.formats import PartnerStatus, Scope, instant_text

NO_HEADERS: Mapping[str, str] = {}


class Caller(msgspec.Struct, frozen=True):
    """Whose token it is. A team's token also has its partner, its partner's status, and `delegated`.

    `id` is null for the portal's operator, whose token is stored nowhere.
    """

    id: str | None
    name: str
    scope: Scope
    team_id: str | None = None
    delegated: bool | None = None
    partner_id: str | None = None
    partner_status: PartnerStatus | None = None

    @property
    def holder(self) -> str:
        """What idempotency keys and rate limits count for."""
        return self.id or "operator"


class Call(msgspec.Struct):
    """One request inside its transaction, with its query and body already validated."""

    connection: Connection
    now: datetime
    caller: Caller | None
    path: Mapping[str, str]
    query: Any
    body: Any
    headers: Mapping[str, str]

    @property
    def time(self) -> str:
        """Now, as text."""
        return instant_text(self.now)

    @property
    def of_team(self) -> bool:
        """Whether a team's token asks."""
        return self.caller is not None and self.caller.scope == "team"


class Answer(msgspec.Struct, frozen=True):
    """An answer; `kept`, where it differs, is the body given to a repetition of the request."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = NO_HEADERS
    kept: bytes | None = None


Run = Callable[[Call], Answer]


def answer(status: int, body: object, headers: Mapping[str, str] = NO_HEADERS) -> Answer:
    """An answer with this body as JSON."""
    return Answer(status, msgspec.json.encode(body), headers)

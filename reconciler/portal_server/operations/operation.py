"""What an operation of the API is: its path, who may perform it, its request and its responses."""

from typing import Any, Final

import msgspec

from reconciler.portal_server.operations.context import Handler
from reconciler.portal_server.values.formats import CallerScope

ADMIN: Final[frozenset[CallerScope]] = frozenset({"admin"})
READERS: Final[frozenset[CallerScope]] = frozenset({"admin", "read"})
ADMIN_AND_TEAM: Final[frozenset[CallerScope]] = frozenset({"admin", "team"})
PEOPLE: Final[frozenset[CallerScope]] = frozenset({"admin", "team", "person"})
PERSON_AND_TEAM: Final[frozenset[CallerScope]] = frozenset({"team", "person"})
ALL: Final[frozenset[CallerScope]] = frozenset({"admin", "read", "team"})


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No query parameters."""


class Operation(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A method of a path; without scopes, it needs no token. `refusals` are its specific error statuses.

    A `safe` operation changes nothing, although its method is not GET. The rate limit does not apply to
    `unmetered` operations. Only pages perform `for_pages` operations, which
    have no HTTP path.
    """

    method: str
    path: str
    name: str
    summary: str
    run: Handler
    scopes: frozenset[CallerScope] | None = None
    query: type[msgspec.Struct] = NoQuery
    body: Any = None
    reply: Any = None
    status: int = 200
    error_statuses: frozenset[int] = frozenset()
    tagged: bool = False
    safe: bool = False
    unmetered: bool = False
    for_pages: bool = False

    @property
    def changes(self) -> bool:
        """Whether it may change something: its transaction then is the only one that writes."""
        return self.method != "GET" and not self.safe

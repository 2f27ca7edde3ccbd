"""The embedded portal in this process, for tests: its clock, its rows, and its adapter on any line."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from random import Random
from typing import Any

import httpx2

from reconciler.http.asgi import Application
from reconciler.http.client import HttpClient
from reconciler.http.errors import Endpoint
from reconciler.http.limiter import AdaptiveLimiter
from reconciler.http.retry import RetryPolicy, Sleep
from reconciler.model.portal import Portal
from reconciler.model.secret import SecretText
from reconciler.portal_server import ApiEntry, Operator, create_app
from reconciler.portals.embedded.adapter import EmbeddedPortalAdapter
from reconciler.testing.faults import no_sleep
from reconciler.testing.in_process import InProcess

_TOKEN = "made-for-this-run"  # noqa: S105  no secret: the portal ends with the test
_NAME = "reconciler"
_WRITES = "SELECT object, count(*) FROM audit WHERE token = ? AND kind <> 'lease' GROUP BY object"
_ADDRESS = "http://portal.invalid"
_BEGINNING = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
# Children before their parents.
_EMPTIED = (
    "grants",
    "access_items",
    "access_groups",
    "product_items",
    "products",
    "members",
    "teams",
    "partners",
    "people",
    "tokens",
    "mails",
    "audit",
    "answers",
    "leases",
    "contacts",
    "additions",
)


class Clock:
    """The portal's clock, which stands still until it is moved."""

    def __init__(self) -> None:
        self.now = _BEGINNING

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.now

    @property
    def today(self) -> str:
        """The day, as YYYY-MM-DD."""
        return self.now.date().isoformat()

    def passes(self, seconds: float = 0, days: float = 0) -> None:
        """Let a time pass."""
        self.now += timedelta(days, seconds)


class EmbeddedHere:
    """An embedded portal that runs in this process, on a database of SQLite that `rows` are read from."""

    def __init__(self, application: Application, clock: Clock, rows: sqlite3.Connection) -> None:
        self.clock = clock
        self._application = application
        self._rows = rows
        self._direct = self._client(self.line(), _TOKEN)
        self._others: httpx2.AsyncClient | None = None

    def line(self) -> httpx2.AsyncBaseTransport:
        """Return a good line to the portal."""
        return InProcess(self._application)

    @asynccontextmanager
    async def open(
        self, line: httpx2.AsyncBaseTransport, random: Random, sleep: Sleep = no_sleep
    ) -> AsyncIterator[Portal]:
        """Open the portal's adapter on a line. It waits without waiting, unless `sleep` does."""
        keys = count()
        prefix = random.getrandbits(64)
        async with self._client(line, _TOKEN) as client:
            where = Endpoint(name="here", token=SecretText(_TOKEN), token_from="this run")  # noqa: S106  no secret
            patience = RetryPolicy(sleep=sleep, random=random.random)
            http = HttpClient(
                client, where, patience, AdaptiveLimiter(asyncio.get_running_loop().time, sleep)
            )
            yield EmbeddedPortalAdapter(http, lambda: f"{prefix:x}-{next(keys)}")

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request on a good line, as another administrator of the portal would; refusals raise."""
        if self._others is None:
            wanted = {"name": "somebody else", "scope": "admin"}
            made = await self._direct.post("/tokens", json=wanted)
            self._others = self._client(self.line(), made.raise_for_status().json()["token"])
        answer = await self._others.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def empty(self) -> None:
        """Take all out of the portal but its APIs, and begin its time anew: cheaper than a new one."""
        with self._rows as database:
            for table in _EMPTIED:
                database.execute(f"DELETE FROM {table}")  # noqa: S608  no input of anybody
        self._others = None
        self.clock.now = _BEGINNING

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return all rows of a table of the portal's database, the oldest first; names as in its answers."""
        found = self._rows.execute(f'SELECT * FROM "{table}" ORDER BY seq')  # noqa: S608  no input of anybody
        names = [_camel(column[0]) for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    @property
    def portal_id(self) -> str:
        """The id that was made with the database."""
        return str(self._rows.execute("SELECT id FROM instance").fetchone()[0])

    def writes(self) -> dict[str, int]:
        """Return how often the adapter wrote to each object, by the portal's own record."""
        return dict(self._rows.execute(_WRITES, (_NAME,)))

    def _client(self, line: httpx2.AsyncBaseTransport, token: str) -> httpx2.AsyncClient:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return httpx2.AsyncClient(transport=line, base_url=_ADDRESS, headers=headers, trust_env=False)


@cache
def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


@contextmanager
def embedded(
    database: str, apis: Sequence[str], clock: Callable[[], Clock] = Clock
) -> Iterator[EmbeddedHere]:
    """Run an embedded portal on a database file, with these APIs."""
    time = clock()
    entries = [ApiEntry(name, name.title(), "logistics") for name in apis]
    app = create_app(database, apis=entries, now=time, operator=Operator(_NAME, _TOKEN))
    try:
        with closing(sqlite3.connect(database)) as rows:
            yield EmbeddedHere(app, time, rows)
    finally:
        app.state.database.close()

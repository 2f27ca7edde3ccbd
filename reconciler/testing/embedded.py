"""The embedded portal in this process for tests: its clock, its rows, and its adapter on any transport."""

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

from reconciler.http.asgi_types import Application
from reconciler.http.auth import StaticToken
from reconciler.http.client import HttpClient
from reconciler.http.in_process import InProcess
from reconciler.http.retry import RetryPolicy, Sleep
from reconciler.model.portal import Portal
from reconciler.model.secret import SecretText
from reconciler.portal_server import ApiEntry, Operator, create_app
from reconciler.portals.embedded import embedded_endpoint
from reconciler.portals.embedded.adapter import EmbeddedPortalAdapter
from reconciler.testing.faults import no_sleep

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
    """The clock of the portal, which only changes when it is advanced."""

    def __init__(self) -> None:
        self.now = _BEGINNING

    def __call__(self) -> datetime:
        """Return the current time."""
        return self.now

    @property
    def today(self) -> str:
        """The current day as YYYY-MM-DD."""
        return self.now.date().isoformat()

    def passes(self, seconds: float = 0, days: float = 0) -> None:
        """Advance the clock."""
        self.now += timedelta(days, seconds)


class InProcessPortal:
    """An embedded portal in this process with an SQLite database, which `rows` reads."""

    def __init__(self, application: Application, clock: Clock, rows: sqlite3.Connection) -> None:
        self.clock = clock
        self._application = application
        self._rows = rows
        self._direct = self._client(self.line(), _TOKEN)
        self._others: httpx2.AsyncClient | None = None

    def line(self) -> httpx2.AsyncBaseTransport:
        """Return a transport to the portal without faults."""
        return InProcess(self._application)

    @asynccontextmanager
    async def open(
        self, line: httpx2.AsyncBaseTransport, random: Random, sleep: Sleep = no_sleep
    ) -> AsyncIterator[Portal]:
        """Open the portal's adapter on a transport. By default, waits take no time."""
        keys = count()
        prefix = random.getrandbits(64)
        async with self._client(line, _TOKEN) as client:
            endpoint = embedded_endpoint("here", StaticToken(SecretText(_TOKEN), "this run"), "")
            clock = asyncio.get_running_loop().time
            policy = RetryPolicy(sleep=sleep, random=random.random, clock=clock)
            http = HttpClient(client, endpoint, policy)
            yield EmbeddedPortalAdapter(http, lambda: f"{prefix:x}-{next(keys)}")

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request as another administrator, without faults; raise an exception for an error status."""
        if self._others is None:
            wanted = {"name": "another user", "scope": "admin"}
            made = await self._direct.post("/tokens", json=wanted)
            self._others = self._client(self.line(), made.raise_for_status().json()["token"])
        answer = await self._others.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def empty(self) -> None:
        """Delete everything except APIs and reset the clock, which is faster than a new portal."""
        with self._rows as database:
            for table in _EMPTIED:
                database.execute(f"DELETE FROM {table}")  # noqa: S608  no external input
        self._others = None
        self.clock.now = _BEGINNING

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return all rows of a database table, oldest first, with the keys of responses."""
        found = self._rows.execute(f'SELECT * FROM "{table}" ORDER BY seq')  # noqa: S608  no external input
        names = [_camel(column[0]) for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    @property
    def portal_id(self) -> str:
        """The id of the portal instance."""
        return str(self._rows.execute("SELECT id FROM instance").fetchone()[0])

    def writes(self) -> dict[str, int]:
        """Return the number of writes of the adapter by object, from the audit log."""
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
) -> Iterator[InProcessPortal]:
    """Run an embedded portal on a database file, with these APIs."""
    time = clock()
    entries = [ApiEntry(name, name.title(), "logistics") for name in apis]
    app = create_app(database, apis=entries, now=time, operator=Operator(_NAME, _TOKEN))
    try:
        with closing(sqlite3.connect(database)) as rows:
            yield InProcessPortal(app, time, rows)
    finally:
        app.state.database.close()

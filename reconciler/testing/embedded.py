"""The embedded portal in this process, for tests: its clock, and its adapter on any line."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import httpx2

from reconciler.model.portal import Portal
from reconciler.model.secret import SecretText
from reconciler.portal_server import ApiEntry, Operator, create_app
from reconciler.portals.application import Application
from reconciler.portals.embedded.adapter import EmbeddedPortalAdapter
from reconciler.portals.http import HttpClient
from reconciler.portals.patience import Patience
from reconciler.portals.problems import Where
from reconciler.testing.faults import no_sleep

_TOKEN = "made-for-this-run"  # noqa: S105  no secret: the portal ends with the test
_ADDRESS = "http://portal.invalid"


class Clock:
    """The portal's clock, which stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.now

    @property
    def today(self) -> str:
        """The day, as YYYY-MM-DD."""
        return self.now.date().isoformat()

    def passes(self, **span: float) -> None:
        """Let a time pass."""
        self.now += timedelta(**span)


class EmbeddedHere:
    """An embedded portal that runs in this process."""

    def __init__(self, application: Application, clock: Clock) -> None:
        self.clock = clock
        self._application = application
        self._direct = self._client(self.line())

    def line(self) -> httpx2.AsyncBaseTransport:
        """Return a good line to the portal."""
        return httpx2.ASGITransport(self._application)

    @asynccontextmanager
    async def open(self, line: httpx2.AsyncBaseTransport, random: Random) -> AsyncIterator[Portal]:
        """Open the portal's adapter on a line. It waits without waiting."""
        keys = count()
        prefix = random.getrandbits(64)
        async with self._client(line) as client:
            where = Where(name="here", token=SecretText(_TOKEN), token_from="this run")  # noqa: S106  no secret
            patience = Patience(sleep=no_sleep, random=random.random)
            http = HttpClient(client, where, patience)
            yield EmbeddedPortalAdapter(http, lambda: f"{prefix:x}-{next(keys)}")

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request on a good line, as another administrator would; refusals raise."""
        answer = await self._direct.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def lists(self, *paths: str) -> list[list[dict[str, Any]]]:
        """Return what these lists hold, which is no more than a page each."""
        answers = [await self._direct.get(path, params={"limit": 1000}) for path in paths]
        return [answer.raise_for_status().json()["items"] for answer in answers]

    def _client(self, line: httpx2.AsyncBaseTransport) -> httpx2.AsyncClient:
        headers = {"Authorization": f"Bearer {_TOKEN}", "Accept": "application/json"}
        return httpx2.AsyncClient(transport=line, base_url=_ADDRESS, headers=headers, trust_env=False)


@contextmanager
def embedded(
    database: str, apis: Sequence[str], clock: Callable[[], Clock] = Clock
) -> Iterator[EmbeddedHere]:
    """Run an embedded portal on a database file, with these APIs."""
    time = clock()
    entries = [ApiEntry(name, name.title(), "logistics") for name in apis]
    app = create_app(database, apis=entries, now=time, operator=Operator("reconciler", _TOKEN))
    try:
        yield EmbeddedHere(app, time)
    finally:
        app.state.database.close()

"""The real embedded portal in this process, and changes to make in it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from starlette.applications import Starlette
from starlette.responses import JSONResponse

from reconciler.apply import write_batch
from reconciler.http.asgi_types import Application
from reconciler.http.retry import RetryPolicy
from reconciler.model.document import EmbeddedPortal
from reconciler.model.plan import ABSENT, Action, Change
from reconciler.model.portal import Portal
from reconciler.model.resource import Fields, Live
from reconciler.model.secret import SecretText
from reconciler.model.write_result import WriteResult
from reconciler.portal_server import ApiEntry, RateLimit, create_app, issue_token
from reconciler.portals import Credential, Credentials
from reconciler.portals.embedded import open_portal
from reconciler.testing.harness import ALL

APIS = ("tracking-v2", "rates-v1", "labels-v3")
Result = TypeVar("Result")


class Clock:
    """The portal's clock, which stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


class Running:
    """A portal that runs: its application, an administrator's token, and its clock."""

    def __init__(self, app: Starlette, database: str, clock: Clock) -> None:
        self.application: Application = app
        self._portal = app
        self.database = database
        self.clock = clock
        self.token = issue_token(database, name="reconciler", scope="admin")
        self._other = issue_token(database, name="somebody else", scope="admin")
        self.settings = EmbeddedPortal(type="embedded", database=database)

    def with_portal(self, act: Callable[[Portal], Awaitable[Result]], token: str | None = None) -> Result:
        """Open the adapter, read, act, and return what came of it."""

        async def run() -> Result:
            secrets = {"token": Credential("the token made for this run", SecretText(token or self.token))}
            credentials = Credentials("local", secrets, self.application)
            retries = RetryPolicy(sleep=_no_sleep, random=lambda: 0.0)
            async with open_portal(self.settings, credentials, retries) as portal:
                return await act(portal)

        return asyncio.run(run())

    def read(self, token: str | None = None) -> Live:
        """Return what the adapter reads."""

        async def live(portal: Portal) -> Live:
            return (await portal.read(ALL, _no_progress)).live

        return self.with_portal(live, token)

    def write(
        self,
        *changes: Change,
        owner_label: str = "our-company",
        meanwhile: tuple[str, str, Any] | None = None,
    ) -> Live:
        """Read, make the changes one after another, and return what a new adapter reads then.

        `meanwhile` is a request of somebody else between the two.
        """

        async def act(portal: Portal) -> None:
            await portal.read(ALL, _no_progress)
            if meanwhile:
                await self.ask_now(*meanwhile)
            for change in changes:
                await applied(portal, change, owner_label)

        self.with_portal(act)
        return self.read()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request past the adapter, as another administrator."""

        return asyncio.run(self.ask_now(method, path, body))

    def the(self, path: str) -> Any:
        """Return the only object of a list."""
        (found,) = self.ask("GET", path)["items"]
        return found

    def answer_instead(self, path: str, status: int, body: Any) -> None:
        """Give this answer for a path from now on."""
        true_application = self.application

        async def lying(scope: Any, receive: Any, send: Any) -> None:
            if scope["path"] == path:
                await JSONResponse(body, status)(scope, receive, send)
            else:
                await true_application(scope, receive, send)

        self.application = lying

    async def ask_now(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """Send such a request while the adapter is at work; with its own token where that is given."""
        transport = httpx2.ASGITransport(self._portal, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {token or self._other}"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://p", headers=headers) as http:
            response = await http.request(method, path, json=body)
        assert response.is_success, response.text
        return response.json() if response.content else None


class NotAppliedError(Exception):
    """A change that was not applied, with its result."""

    def __init__(self, result: WriteResult) -> None:
        super().__init__(result.message)
        self.result = result


async def applied(portal: Portal, change: Change, owner_label: str = "our-company") -> int:
    """Write a change as apply does, and return the number of requests. Raises NotAppliedError."""
    [result] = await write_batch(portal, [change], owner_label)
    if result.outcome != "applied":
        raise NotAppliedError(result)
    return result.requests


def fields(here: Running) -> dict[str, Fields]:
    """Return our fields of everything that the portal holds, by id."""
    return {resource.id: resource.fields for resource in here.read().resources.values()}


@contextmanager
def running(folder: Path, *, rate_limit: RateLimit | None = None) -> Iterator[Running]:
    """Run a portal on a database in this folder."""
    clock = Clock()
    database = str(folder / "portal.db")
    apis = [ApiEntry(name, name.title(), "logistics") for name in APIS]
    app = create_app(database, apis=apis, now=clock, rate_limit=rate_limit)
    try:
        yield Running(app, database, clock)
    finally:
        app.state.database.close()


def change(resource_id: str, action: Action, **more: Any) -> Change:
    """Return a change; its kind is its id's."""
    return Change(id=resource_id, kind=resource_id.partition("/")[0], action=action, **more)


def create(resource_id: str, precondition: str = ABSENT, **after: Any) -> Change:
    """Return a creation with these fields, beside what its kind has to have."""
    defaults = NEEDED.get(resource_id.partition("/")[0], {})
    return change(resource_id, "create", after={**defaults, **after}, precondition=precondition)


def update(resource_id: str, before: Fields, after: Fields) -> Change:
    """Return an update from and to these fields."""
    return change(resource_id, "update", before=before, after=after, precondition="sha256:1")


def rename(old: str, new: str) -> Change:
    """Return a rename that changes nothing else."""
    return change(new, "update", before={}, after={}, renamed_from=old, precondition="sha256:1")


def delete(*resource_ids: str) -> Sequence[Change]:
    """Return deletions."""
    return [change(resource_id, "delete", precondition="sha256:1") for resource_id in resource_ids]


async def _no_sleep(_seconds: float) -> None:
    pass


def _no_progress(_what: str, _count: int, _total: int | None) -> None:
    pass


NEEDED: dict[str, dict[str, Any]] = {
    "partner": {"type": "reseller", "status": "active", "displayName": "Acme", "owner": "partnerships"},
    "team": {"displayName": "Integration", "delegated": True},
    "membership": {"role": "member"},
    "api-product": {"displayName": "Shipping suite", "owner": "logistics", "visibility": "restricted"},
    "access-group": {"displayName": "Logistics", "owner": "logistics"},
    "grant": {"level": "consume"},
}
ACME = create("partner/acme")
TEAM = create("team/acme/integration")
ANA = create("membership/acme/integration/ana@acme.example", role="admin")
SUITE = create("api-product/shipping-suite")
GROUP = create("access-group/logistics")
ONE_OF_EACH = (
    ACME,
    TEAM,
    ANA,
    SUITE,
    create("product-item/shipping-suite/rates-v1"),
    GROUP,
    create("access-item/logistics/api/tracking-v2"),
    create("access-item/logistics/product/shipping-suite"),
    create("grant/logistics/team/acme/integration"),
    create("grant/logistics/developer/sam@indie.example", level="view"),
)

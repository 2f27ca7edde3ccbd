"""The portal as a Starlette application."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.portal_server.api.endpoint import Dependencies, Endpoint
from reconciler.portal_server.api.limits import RateMeter
from reconciler.portal_server.api.openapi import openapi
from reconciler.portal_server.errors import PortalServerError
from reconciler.portal_server.mail import Post
from reconciler.portal_server.operations import objects
from reconciler.portal_server.operations.context import NO_HEADERS, Call
from reconciler.portal_server.operations.kinds import API
from reconciler.portal_server.operations.metadata import API_VERSION
from reconciler.portal_server.operations.operation import Operation
from reconciler.portal_server.operations.problems import PROBLEM_JSON, ProblemError
from reconciler.portal_server.operations.request_models import NewApi
from reconciler.portal_server.operations.table import operations
from reconciler.portal_server.security_headers import SecurityHeaders
from reconciler.portal_server.seed import ApiEntry, Operator, RateLimit, Site
from reconciler.portal_server.storage.database import Database, open_database
from reconciler.portal_server.storage.tables import apis as api_table


def application(  # noqa: PLR0913  all settings of a portal
    database: str,
    *,
    apis: Sequence[ApiEntry],
    now: Callable[[], datetime],
    rate_limit: RateLimit | None,
    operator: Operator | None,
    name: str,
    site: Site | None,
) -> Starlette:
    """Create the application with this database, these APIs, and pages if it is a site."""
    opened = open_database(database)
    found = operations(name)
    try:
        _add_apis(opened, apis, now())
        pages = _pages(name, site, opened, now, found) if site is not None else []
    except PortalServerError:
        opened.close()
        raise
    meter = RateMeter(rate_limit, opened) if rate_limit else None
    post = Post(name, site.url, site.smtp is not None, site.demo) if site else None
    dependencies = Dependencies(opened, now, meter, operator, post)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        with _delivering(opened, now, name, site):
            yield
        opened.close()

    description = _description(lambda: openapi(name, API_VERSION, found))
    app = Starlette(
        routes=[*_routes(dependencies, found), description, *pages],
        middleware=[Middleware(SecurityHeaders, url=site.url if site else None)],
        lifespan=lifespan,
        exception_handlers={HTTPException: _no_route},
    )
    app.router.redirect_slashes = False
    app.state.database = opened
    return app


def _pages(
    name: str, site: Site, database: Database, now: Callable[[], datetime], found: Sequence[Operation]
) -> list[Route]:
    # Pages need libraries that slow down every other use of the portal.
    from reconciler.portal_server.pages.routes import page_routes  # noqa: PLC0415

    return page_routes(name, site, database, now, found)


def _delivering(
    database: Database, now: Callable[[], datetime], name: str, site: Site | None
) -> AbstractContextManager[None]:
    """Return what delivers mails in the background, if the site has an SMTP server."""
    if site is None or site.smtp is None:
        return nullcontext()
    # Only a served portal with mail needs these libraries.
    from reconciler.portal_server.mail.delivery import Delivery  # noqa: PLC0415
    from reconciler.portal_server.mail.smtp import Connection  # noqa: PLC0415

    return Delivery(database, now, Connection(site.smtp), name, site.smtp.sender).running()


def _routes(dependencies: Dependencies, found: Sequence[Operation]) -> list[Route]:
    paths: dict[str, dict[str, Operation]] = {}
    for operation in found:
        if operation.for_pages:
            continue
        paths.setdefault(operation.path, {})[operation.method] = operation
    # An address can contain a slash, which the server decodes.
    return [
        Route(path.replace("{email}", "{email:path}"), Endpoint(dependencies, by_method))
        for path, by_method in paths.items()
    ]


def _description(document: Callable[[], Mapping[str, Any]]) -> Route:
    # Created on demand, because creating it takes longer than opening the database.
    encoded = cache(lambda: msgspec.json.encode(document()))

    async def describe(_: Request) -> Response:
        return Response(encoded(), media_type="application/json")

    return Route("/openapi.json", describe)


async def _no_route(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    detail = "This path does not exist." if status == 404 else "This path does not support the method."  # noqa: PLR2004  HTTP's
    return Response(ProblemError(status, detail).body(), status, headers, PROBLEM_JSON)


def _add_apis(database: Database, entries: Sequence[ApiEntry], now: datetime) -> None:
    """Add missing APIs; existing ones are not changed."""
    with database.writing() as connection:
        known = set(connection.scalars(select(api_table.c.name)))
        call = Call(connection, now, None, NO_HEADERS, None, None, NO_HEADERS)
        for entry in entries:
            if entry.name not in known:
                call.body = _new_api(entry)
                objects.create(call, API)
                known.add(entry.name)


def _new_api(entry: ApiEntry) -> NewApi:
    values = {
        "name": entry.name,
        "displayName": entry.display_name,
        "owner": entry.owner,
        "visibility": entry.visibility,
    }
    try:
        return msgspec.convert(values, NewApi)
    except msgspec.ValidationError as error:
        raise PortalServerError(f"the API {entry.name!r} cannot be created: {error}") from error

"""All pages of a portal, as routes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from reconciler.portal_server.identity.open_provider import open_provider
from reconciler.portal_server.operations.operation import Operation
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.pages import (
    access,
    assets,
    audit,
    demo_mail,
    home,
    invitation,
    invite,
    me,
    members,
    oidc,
    person,
    requests,
    sign_in,
    sign_out,
    who_has_access,
)
from reconciler.portal_server.pages.endpoint import PageEndpoint
from reconciler.portal_server.pages.operator import pages as operator_pages
from reconciler.portal_server.pages.visit import Page, PageResponse, Portal, Visit
from reconciler.portal_server.seed import Site
from reconciler.portal_server.storage.database import Database, site_secret

PAGES: Final[tuple[Page, ...]] = (
    *access.PAGES,
    *audit.PAGES,
    *demo_mail.PAGES,
    *home.PAGES,
    *invitation.PAGES,
    # Before the page of a person, whose address matches theirs, too.
    *invite.PAGES,
    *members.PAGES,
    *me.PAGES,
    *oidc.PAGES,
    *operator_pages.PAGES,
    *person.PAGES,
    *requests.PAGES,
    *sign_in.PAGES,
    *sign_out.PAGES,
    *who_has_access.PAGES,
)


def page_routes(
    name: str,
    site: Site,
    database: Database,
    now: Callable[[], datetime],
    operations: Sequence[Operation],
) -> list[Route]:
    """Return the routes of all pages, and of the static files. Raises PortalServerError."""
    prefix, static = assets.prefix_and_route()
    with database.reading() as connection:
        secret = site_secret(connection)
    provider = open_provider(site.oidc) if site.oidc else None
    by_name = {each.name: each for each in operations}
    portal = Portal(name, site, by_name, prefix, secret, provider)
    missing = Page(path="/ui/{rest:path}", audience="anyone", show=_missing, submit=_missing)
    pages = [Route(each.path, PageEndpoint(portal, database, now, each)) for each in (*PAGES, missing)]
    return [Route("/", _home), Route("/ui", _home), static, *pages]


async def _home(_: Request) -> Response:
    return RedirectResponse("/ui/", 303)


def _missing(_: Visit) -> PageResponse:
    raise ProblemError(404, "This page does not exist.")

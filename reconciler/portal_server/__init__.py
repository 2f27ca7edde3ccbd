"""The embedded portal: a small, strict developer portal, in process or served over HTTP.

Heavy modules are imported on demand, because imports slow down every start of the command line.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from reconciler.portal_server import clock
from reconciler.portal_server.errors import PortalServerError, UnknownTeamError
from reconciler.portal_server.seed import ApiEntry, Oidc, Operator, RateLimit, ServerOptions, Site, Smtp

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = [
    "ApiEntry",
    "Oidc",
    "Operator",
    "PortalServerError",
    "RateLimit",
    "ServerOptions",
    "Site",
    "Smtp",
    "UnknownTeamError",
    "create_app",
    "issue_token",
    "reset",
    "serve",
    "shown",
    "sign_in_path",
]


def create_app(  # noqa: PLR0913  all settings of a portal
    database: str,
    *,
    apis: Sequence[ApiEntry] = (),
    now: Callable[[], datetime] = clock.now,
    rate_limit: RateLimit | None = None,
    operator: Operator | None = None,
    name: str = "Embedded portal",
    site: Site | None = None,
) -> "Starlette":
    """Create a portal with a database, given as a file path or SQLAlchemy URL. Missing tables are created.

    Missing APIs are created, and existing ones are not changed. `now` returns the time with a time
    zone; `operator` has all permissions. With a site, the portal has pages for browsers.
    Raises PortalServerError. `app.state.database.close()` closes the connections; a server does this when it
    stops.
    """
    from reconciler.portal_server.application import application  # noqa: PLC0415  see the module's docstring

    return application(
        database, apis=apis, now=now, rate_limit=rate_limit, operator=operator, name=name, site=site
    )


def issue_token(database: str, *, name: str, scope: str, team: tuple[str, str] | None = None) -> str:
    """Issue a token (scope admin, read, or team with partner and team name); its text is returned only here.

    Raise UnknownTeamError if the team does not exist, PortalServerError for any other problem.
    """
    from reconciler.portal_server import admin  # noqa: PLC0415  see the module's docstring

    return admin.issue_token(database, name, scope, team)


def sign_in_path(database: str, email: str) -> str:
    """Create a link with which the person with a canonical address signs in once, and return its path.

    Raises PortalServerError.
    """
    from reconciler.portal_server import admin  # noqa: PLC0415  see the module's docstring

    return admin.sign_in_path(database, email)


def reset(database: str) -> None:
    """Delete everything in a portal's database, including tokens, and assign a new instance id."""
    from reconciler.portal_server import admin  # noqa: PLC0415  see the module's docstring

    admin.reset(database)


def shown(database: str) -> str:
    """Return a database for display: a URL has no password. Raises PortalServerError."""
    from reconciler.portal_server.storage import database as databases  # noqa: PLC0415  see the module's docstring

    return databases.shown(database)


def serve(
    app: "Starlette",
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    ready: Callable[[str], None] | None = None,
    options: ServerOptions | None = None,
) -> None:
    """Serve a portal until SIGTERM or SIGINT; `ready` gets the URL. Port 0 selects a free port."""
    from reconciler.portal_server.server import serve as serve_until_signal  # noqa: PLC0415  see the docstring

    serve_until_signal(app, (host, port), ready, options or ServerOptions())

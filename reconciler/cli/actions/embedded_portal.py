"""Serve the embedded portal, sign in to it, create a token for it, or empty it."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click
import msgspec

from reconciler import portal_server
from reconciler.cli import console, runtime
from reconciler.cli.actions import trust
from reconciler.cli.actions.portal_site import SiteOptions, canonical
from reconciler.cli.actions.portal_site import site as site_of
from reconciler.cli.storage import checkout
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError, PortalError
from reconciler.model.http_text import is_loopback
from reconciler.model.portal_settings import EmbeddedPortal
from reconciler.model.printable import printable
from reconciler.portal_server import ApiEntry, Site
from reconciler.workflow.sessions import choose_portal, database_of, offered, prepared
from reconciler.workflow.validate import check, read_configuration


class PortalOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options that choose a portal: a database, or a configuration and the name of a portal in it."""

    database: str | None = None
    config: str | None = None
    portal_name: str | None = None


def serve_portal(
    options: PortalOptions, site: Site | None, host: str, port: int, proxies: tuple[str, ...] = ()
) -> None:
    """Serve a portal until the process is interrupted. Raises InputError, PortalError."""
    place = _database(options)
    apis = _apis(options)
    require_bindable(host, port)

    def ready(url: str) -> None:
        console.log(f"Serving {_redacted(place)} at {url}")
        for line in _about_pages(site, url):
            console.log(line)

    try:
        app = portal_server.create_app(place, apis=apis, site=site)
        server = portal_server.ServerOptions(proxies=proxies, log_events=True)
        portal_server.serve(app, host, port, ready=ready, options=server)
    except portal_server.PortalServerError as error:
        raise PortalError(f"the portal cannot be served: {error}", error.hint) from error
    except OSError as error:
        raise PortalError(f"the portal cannot be served: {error}") from error


def _about_pages(site: Site | None, url: str) -> Iterator[str]:
    """Yield where the pages are, and what is missing to use them."""
    if site is None:
        return
    if site.url is not None or is_loopback(urlsplit(url).hostname or ""):
        yield f"Pages: {site.url or url}/ui/"
    else:
        yield "Pages: only on this machine; --url with the public address opens them to others"
    if not site.operators:
        yield "No operator is named: add --operator with your address to manage the portal in a browser."
    elif site.smtp is None and site.oidc is None:
        yield "No e-mails are sent: `reconciler portal sign-in EMAIL` prints a link to sign in."


def print_sign_in_link(options: PortalOptions, email: str, url: str) -> None:
    """Print a link that signs a person in once. Raises InputError, PortalError."""
    pages, address = site_of(SiteOptions(url=url)), canonical(email)
    try:
        path = portal_server.sign_in_path(_database(options), address)
    except portal_server.PortalServerError as error:
        raise PortalError(f"no link was created: {error}", error.hint) from error
    console.print_result(f"{pages.url if pages else url}{path}")


def print_token(options: PortalOptions, scope: str, name: str | None) -> None:
    """Create a token and print it. Raises click.UsageError, InputError, PortalError."""
    kind, team = _scope(scope)
    try:
        text = portal_server.issue_token(_database(options), name=name or scope, scope=kind, team=team)
    except portal_server.UnknownTeamError as error:
        raise InputError(f"no token was created: {error}") from error
    except portal_server.PortalServerError as error:
        raise PortalError(f"no token was created: {error}", error.hint) from error
    console.print_result(text)


def reset_portal(options: PortalOptions, *, is_confirmed: bool) -> None:
    """Empty a portal, after a question unless it `is_confirmed`. Raises InputError, PortalError."""
    place = _database(options)
    apis = _apis(options)
    if not is_confirmed:
        console.require_terminal("--yes empties it without asking")
        if not console.confirm(f"Empty the portal in {_redacted(place)}?"):
            raise InputError("not approved: nothing was emptied")
    try:
        portal_server.reset(place)
        portal_server.create_app(place, apis=apis).state.database.close()
    except portal_server.PortalServerError as error:
        raise PortalError(f"the portal cannot be emptied: {error}", error.hint) from error
    console.log(f"Emptied {_redacted(place)}.")


def require_bindable(host: str, port: int) -> int:
    """Return the port, or a free one for 0. Raise InputError where no server can listen on the address."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a valid host name"
        raise InputError(
            f'--host: "{host}" cannot be resolved: {reason}',
            "give an address of this machine, such as 127.0.0.1",
        ) from error
    with socket.socket(family, kind, protocol) as listener:
        # As the server sets it: a port whose last connections are still closing is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            return int(listener.getsockname()[1])
        except OSError as error:
            raise InputError(
                f"{host}:{port} cannot be used: {error.strerror}",
                "choose another one with --host or --port; --port 0 chooses a free port",
            ) from error


def _apis(options: PortalOptions) -> list[ApiEntry]:
    """Return the APIs of the catalog; none where only a database was given."""
    if options.database is not None:
        return []
    return offered(check(find_configuration(options.config), runtime.today(None)).repository)


def _database(options: PortalOptions) -> str:
    """Return the given database, or that of the portal in the configuration. Raises InputError."""
    if options.database is not None:
        trust.require_uncommitted_database(options.database, checkout.top_level(Path.cwd()))
        return prepared(options.database)
    path = find_configuration(options.config)
    name, settings = choose_portal(read_configuration(path), options.portal_name)
    if not isinstance(settings, EmbeddedPortal) or settings.database is None:
        where = f"served elsewhere, at {settings.address}" if settings.address else f"of type {settings.type}"
        raise InputError(
            f'portal "{name}" is {where}',
            "choose one that has a database with --portal, or give --database",
        )
    place = database_of(path, settings.database)
    trust.Trust(path).require_database(name, place)
    return prepared(place)


def _redacted(place: str) -> str:
    """Return a database without the password that its URL may have."""
    try:
        return printable(portal_server.shown(place))
    except portal_server.PortalServerError as error:
        raise PortalError(str(error)) from error


def _scope(scope: str) -> tuple[str, tuple[str, str] | None]:
    """Return the kind of scope, and the team's partner and name. Raises click.UsageError."""
    kind, _, team = scope.partition(":")
    partner, _, name = team.partition("/")
    if kind in {"admin", "read"} and not team:
        return kind, None
    if kind == "team" and partner and name:
        return kind, (partner, name)
    raise click.UsageError(f'--scope: "{scope}" is not valid; use admin, read or team:PARTNER/TEAM.')

"""`reconciler portal`: the embedded portal: serve it, make a token, empty it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import console, options, runtime
from reconciler.cli.command import Command
from reconciler.errors import InputError, PortalError
from reconciler.model.printable import printable

if TYPE_CHECKING:
    from reconciler.portal_server import ApiEntry

database = click.option(
    "--database", metavar="FILE|URL", help="Its database, instead of a configuration that names it."
)


@click.group()
def portal() -> None:
    """Serve the embedded portal, make a token for it, or empty it."""


@portal.command(
    cls=Command,
    examples=[
        ("reconciler portal serve", "the default portal, on http://127.0.0.1:8750"),
        ("reconciler portal serve --database demo.db --port 0", "another one, on a free port"),
    ],
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8750, show_default=True, type=click.IntRange(0, 65535), help="The port.")
@options.together(database, options.config, options.portal, options.trust_database, *options.everywhere)
def serve(host: str, port: int, database: str | None, config: str | None, portal_name: str | None) -> None:
    """Serve the portal over HTTP until it is interrupted. Its description is at /openapi.json."""
    from reconciler import portal_server  # noqa: PLC0415  help needs none of it

    place = _database(database, config, portal_name)
    apis = _apis(database, config)
    try:
        app = portal_server.create_app(place, apis=apis)
        portal_server.serve(
            app, host, port, ready=lambda url: console.say(f"Serving {_shown(place)} at {url}")
        )
    except (portal_server.PortalServerError, OSError) as error:
        raise PortalError(f"the portal cannot be served: {error}") from error


@portal.command(
    cls=Command,
    short_help="Make a token and print it.",
    examples=[
        ("export PORTAL_TOKEN=$(reconciler portal token --scope admin)", "for plan and apply"),
        ("reconciler portal token --scope team:acme/ops --name ana", "for the admin of a team"),
    ],
)
@click.option(
    "--scope", required=True, metavar="admin|read|team:PARTNER/TEAM", help="What its bearer may do."
)
@click.option("--name", default=None, help="What the audit log calls its bearer; by default its scope.")
@options.together(database, options.config, options.portal, options.trust_database, *options.everywhere)
def token(
    scope: str, name: str | None, database: str | None, config: str | None, portal_name: str | None
) -> None:
    """Make a token and print it, alone, on stdout. It is shown only this once."""
    from reconciler import portal_server  # noqa: PLC0415  help needs none of it

    kind, team = _scope(scope)
    try:
        made = portal_server.issue_token(
            _database(database, config, portal_name), name=name or scope, scope=kind, team=team
        )
    except portal_server.UnknownTeamError as error:
        raise InputError(f"no token was made: {error}") from error
    except portal_server.PortalServerError as error:
        raise PortalError(f"no token was made: {error}") from error
    console.out(made)


@portal.command(
    cls=Command, short_help="Empty it.", examples=[("reconciler portal reset --yes", "without asking")]
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.together(database, options.config, options.portal, options.trust_database, *options.everywhere)
def reset(database: str | None, config: str | None, portal_name: str | None, *, yes: bool) -> None:
    """Empty the portal: everything in it goes, tokens too, and it gets a new instance id.

    With a configuration it offers the APIs of the catalog again.
    """
    from reconciler import portal_server  # noqa: PLC0415  help needs none of it

    place = _database(database, config, portal_name)
    apis = _apis(database, config)
    if not yes:
        console.require_terminal("--yes empties it without asking")
        if not console.confirmed(f"Empty the portal in {_shown(place)}?"):
            raise InputError("not approved: nothing was emptied")
    try:
        portal_server.reset(place)
        portal_server.create_app(place, apis=apis).state.database.close()
    except portal_server.PortalServerError as error:
        raise PortalError(f"the portal cannot be emptied: {error}") from error
    console.say(f"Emptied {_shown(place)}.")


def _apis(database: str | None, config: str | None) -> "list[ApiEntry]":
    """Return the APIs of the catalog; none where only a database was given."""
    from reconciler import workflow  # noqa: PLC0415  help needs none of it

    if database is not None:
        return []
    return workflow.offered(workflow.check(runtime.configuration(config), runtime.today(None)).repository)


def _database(given: str | None, config: str | None, portal_name: str | None) -> str:
    """Return the database that was given, or that of the portal the configuration names."""
    from reconciler import workflow  # noqa: PLC0415  help needs none of it
    from reconciler.cli import trust  # noqa: PLC0415  the same
    from reconciler.cli.storage import checkout  # noqa: PLC0415  the same
    from reconciler.model.portal_settings import EmbeddedPortal  # noqa: PLC0415  the same

    if given is not None:
        place = given
        trust.require_uncommitted_database(place, checkout.top_level(Path.cwd()))
    else:
        path = runtime.configuration(config)
        chosen, where = workflow.choose_portal(workflow.read_configuration(path), portal_name)
        if not isinstance(where, EmbeddedPortal) or where.database is None:
            elsewhere = f"served elsewhere, at {where.address}" if where.address else f"of type {where.type}"
            raise InputError(
                f'portal "{chosen}" is {elsewhere}',
                "name one that has a database with --portal, or give --database",
            )
        place = workflow.database_of(path, where.database)
        trust.Trust(path).require_database(chosen, place)
    return workflow.prepared(place)


def _shown(place: str) -> str:
    """Return a database as it may be printed: a URL without the password in it."""
    from reconciler import portal_server  # noqa: PLC0415  help needs none of it

    try:
        return printable(portal_server.shown(place))
    except portal_server.PortalServerError as error:
        raise PortalError(str(error)) from error


def _scope(scope: str) -> tuple[str, tuple[str, str] | None]:
    """Return the kind of scope, and the team's partner and name."""
    kind, _, team = scope.partition(":")
    partner, _, name = team.partition("/")
    if kind in {"admin", "read"} and not team:
        return kind, None
    if kind == "team" and partner and name:
        return kind, (partner, name)
    raise click.UsageError(f'--scope: "{scope}" is none of admin, read, team:PARTNER/TEAM.')

"""`reconciler portal`: the embedded portal: serve it, create a token, empty it."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command, Group
from reconciler.cli.option_values import WholeNumber

database = click.option(
    "--database", metavar="FILE|URL", help="The database, instead of a configuration that names it."
)
_place = options.combine(
    database, options.config, options.portal, options.trust_database, *options.everywhere
)


@click.group(cls=Group)
def portal() -> None:
    """Serve the embedded portal, create a token for it, or empty it."""


@portal.command(
    cls=Command,
    examples=[
        ("reconciler portal serve", "the default portal, on http://127.0.0.1:8750"),
        ("reconciler portal serve --database demo.db --port 0", "another one, on a free port"),
    ],
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", metavar="PORT", default=8750, show_default=True, type=WholeNumber(0, 65535), help="The port."
)
@_place
def serve(host: str, port: int, **place: Any) -> None:
    """Serve the portal over HTTP until it is interrupted. Its API is described at /openapi.json."""
    from reconciler.cli.actions.embedded_portal import PortalOptions, serve_portal

    serve_portal(PortalOptions(**place), host, port)


@portal.command(
    cls=Command,
    short_help="Create a token and print it.",
    examples=[
        ("export PORTAL_TOKEN=$(reconciler portal token --scope admin)", "for plan and apply"),
        ("reconciler portal token --scope team:acme/ops --name ana", "for the admin of a team"),
    ],
)
@click.option(
    "--scope", required=True, metavar="admin|read|team:PARTNER/TEAM", help="What the token may be used for."
)
@click.option("--name", help="The name of its user in the audit log; by default the scope.")
@_place
def token(scope: str, name: str | None, **place: Any) -> None:
    """Create a token and print it, and nothing else, on stdout. It is shown only this once."""
    from reconciler.cli.actions.embedded_portal import PortalOptions, print_token

    print_token(PortalOptions(**place), scope, name)


@portal.command(
    cls=Command,
    short_help="Empty the portal.",
    examples=[("reconciler portal reset --yes", "without asking")],
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@_place
def reset(*, yes: bool, **place: Any) -> None:
    """Empty the portal: delete everything in it, tokens included, and give it a new instance id.

    With a configuration it offers the APIs of the catalog again.
    """
    from reconciler.cli.actions.embedded_portal import PortalOptions, reset_portal

    reset_portal(PortalOptions(**place), is_confirmed=yes)

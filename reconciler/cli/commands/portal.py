"""`reconciler portal`: the embedded portal: serve it, sign in, create a token, empty it."""

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
_site = options.combine(
    click.option(
        "--url", metavar="URL", help="The public address of the pages, such as https://portal.example."
    ),
    click.option(
        "--operator",
        "operators",
        metavar="EMAIL",
        multiple=True,
        help="A person who may do everything on the pages; can be repeated.",
    ),
    click.option(
        "--smtp",
        metavar="URL",
        help="The server that sends e-mails: smtp://USER@HOST:PORT, or smtps://. Its password is read from"
        " PORTAL_SMTP_PASSWORD.",
    ),
    click.option("--mail-from", metavar="EMAIL", help="The address that sends the e-mails."),
    click.option(
        "--smtp-without-tls", is_flag=True, help="Send e-mails without encryption, also over a network."
    ),
    click.option(
        "--oidc",
        metavar="URL",
        help="The OpenID Connect provider that signs people in. The secret of the client is read from"
        " PORTAL_OIDC_CLIENT_SECRET.",
    ),
    click.option("--oidc-client", metavar="ID", help="The client id of this portal at the provider."),
    click.option("--oidc-name", metavar="TEXT", help="What the button to sign in calls the provider."),
    click.option(
        "--oidc-only", is_flag=True, help="Send no links to sign in by e-mail; invitations are still sent."
    ),
    click.option(
        "--files-url",
        metavar="URL",
        help="Where the files in git are shown, for links to them, such as"
        " https://github.com/our-company/partners/blob/main.",
    ),
    click.option(
        "--trusted-proxy",
        "proxies",
        metavar="ADDRESS",
        multiple=True,
        help="A proxy in front of the portal, as an IP address or a network: it says who the client is, in"
        " X-Forwarded-For. Can be repeated.",
    ),
    click.option("--no-pages", "has_pages", flag_value=False, default=True, help="Serve only the API."),
)


@click.group(cls=Group)
def portal() -> None:
    """Serve the embedded portal, sign in to it, create a token for it, or empty it."""


@portal.command(
    cls=Command,
    short_help="Serve the portal: pages and API.",
    examples=[
        ("reconciler portal serve --demo", "a portal with invented people, to look around"),
        ("reconciler portal serve --operator ana@halden.example", "on http://127.0.0.1:8750/ui/"),
        ("reconciler portal serve --database demo.db --port 0", "another one, on a free port"),
    ],
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", metavar="PORT", default=8750, show_default=True, type=WholeNumber(0, 65535), help="The port."
)
@_place
@_site
@click.option("--demo", is_flag=True, help="Serve a temporary portal with invented people, for a look.")
def serve(host: str, port: int, *, demo: bool, **others: Any) -> None:
    """Serve the portal until it is interrupted: pages at /ui/, and the API, described at /openapi.json.

    The pages are for the people of partners, and for operators: people who may do everything. Without --url,
    they answer on this machine only. docs/how-to/run-the-portal.md leads to a portal for others.
    """
    from reconciler.cli.actions.demo_portal import serve_demo
    from reconciler.cli.actions.embedded_portal import PortalOptions, serve_portal
    from reconciler.cli.actions.portal_site import SiteOptions, site

    place = PortalOptions(**{name: others.pop(name) for name in PortalOptions.__struct_fields__})
    site_options = SiteOptions(**others)
    if demo:
        serve_demo(place, site_options, host, port)
    else:
        serve_portal(place, site(site_options), host, port, site_options.proxies)


@portal.command(
    "sign-in",
    cls=Command,
    short_help="Print a link that signs a person in.",
    examples=[
        ("reconciler portal sign-in ana@halden.example", "on this machine"),
        ("reconciler portal sign-in ana@halden.example --url https://portal.example", "at its address"),
    ],
)
@click.argument("email")
@click.option(
    "--url",
    metavar="URL",
    default="http://127.0.0.1:8750",
    show_default=True,
    help="The address of the portal in a browser.",
)
@_place
def sign_in(email: str, url: str, **place: Any) -> None:
    """Print a link that signs EMAIL in once, within 15 minutes, in any browser.

    For the first operator, and for times when no mail arrives. It needs the database, not the server.
    """
    from reconciler.cli.actions.embedded_portal import PortalOptions, print_sign_in_link

    print_sign_in_link(PortalOptions(**place), email, url)


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

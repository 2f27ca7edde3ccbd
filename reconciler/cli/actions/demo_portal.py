"""Serve a temporary portal with the sample company, and print links to sign in."""

from collections.abc import Iterator
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory

from reconciler import portal_server
from reconciler.cli import clock, console, runtime
from reconciler.cli.actions.embedded_portal import PortalOptions, require_bindable
from reconciler.cli.actions.portal_site import SiteOptions, require_loopback
from reconciler.cli.git.repository import commit
from reconciler.errors import InputError
from reconciler.portal_server import Operator, Site
from reconciler.scaffold.sample import sample_configuration
from reconciler.workflow.sessions import offered
from reconciler.workflow.validate import check


def serve_demo(place: PortalOptions, pages: SiteOptions, host: str, port: int) -> None:
    """Serve the demo until the process is interrupted; nothing of it remains. Raises InputError."""
    _require_alone(place, pages)
    require_loopback("--host", host)
    port = require_bindable(host, port)
    from reconciler.portal_server.demo import NAME  # noqa: PLC0415  only for a demo

    with TemporaryDirectory(prefix="reconciler-demo-") as folder:
        database = str(Path(folder) / "portal.db")
        _fill(database, f"http://{host}:{port}")
        app = portal_server.create_app(database, name=NAME, site=_site(None))

        def ready(url: str) -> None:
            for line in _welcome(database, url):
                console.log(line)

        portal_server.serve(app, host, port, ready=ready)


def _require_alone(place: PortalOptions, pages: SiteOptions) -> None:
    """Raise InputError for options that the demo does not use."""
    if place != PortalOptions() or pages != SiteOptions():
        raise InputError(
            "--demo has its own database, people and e-mails",
            "leave out the other options, except --host and --port; or leave out --demo",
        )


def _site(url: str | None) -> Site:
    from reconciler.portal_server.demo import OPERATOR  # noqa: PLC0415  only for a demo

    return Site(url, operators=frozenset({OPERATOR}), demo=True)


def _fill(database: str, url: str) -> None:
    """Apply the files of the sample company, and let its people use the portal for some days.

    `url` begins the links in their mails.
    """
    from reconciler.portal_server.demo import NAME, DemoClock, DemoPeople  # noqa: PLC0415  only for a demo
    from reconciler.workflow.demo import fill  # noqa: PLC0415  the same

    configuration, time = sample_configuration(), DemoClock(clock.now())
    checked = check(configuration, time.now().date().isoformat())
    token = token_urlsafe(32)
    app = portal_server.create_app(
        database,
        apis=offered(checked.repository),
        now=time.now,
        name=NAME,
        operator=Operator("reconciler for halden-freight", token),
        site=_site(url),
    )
    try:
        runtime.run_async(fill(checked, "local", app, token, time.now, commit(configuration.parent)))
        DemoPeople(app.state.database, time, url).live()
    finally:
        app.state.database.close()


def _welcome(database: str, url: str) -> Iterator[str]:
    from reconciler.portal_server.demo import ADMIN, MEMBER, OPERATOR  # noqa: PLC0415  only for a demo

    yield f"Serving the demo at {url}/ui/ until Ctrl-C. Nothing that you change in it remains."
    yield "Sign in, each link once, in 15 minutes:"
    for label, email in (("operator", OPERATOR), ("team admin", ADMIN), ("member", MEMBER)):
        yield f"  {label:<11} {url}{portal_server.sign_in_path(database, email)}"
    yield f"E-mails that the demo sends: {url}/ui/demo/mail"

"""`reconciler doctor`: check whether portals can be reached and used."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler doctor", "the default portal"),
        ("reconciler doctor --portal staging --portal production", "two portals"),
        ("reconciler doctor --forge", "the token of a job that comments on pull requests"),
        ("reconciler doctor --portal all --format json", "every portal, for a script"),
    ],
)
@click.option("--forge", is_flag=True, help="Check the forge of this job; with --portal, portals as well.")
@options.app
@options.allow_http
@options.combine(
    options.config,
    options.portals,
    *options.trust,
    options.formats("text", "json"),
    *options.everywhere,
)
def doctor(**given: Any) -> int:
    """Check whether portals can be reached and used, and say what to do where not.

    Checks settings, connection, certificate, clock, credentials, each right that is needed, rate limit and
    version. Writes nothing. Exits with 1 when the configuration or a secret is wrong, with 5
    when another check fails; warnings do not count.
    """
    from reconciler.cli.actions.doctor import DoctorOptions, examine

    return examine(DoctorOptions(**given))

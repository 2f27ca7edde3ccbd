"""`reconciler doctor`: check whether portals and sources can be reached and used."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler doctor", "the default portal, and all sources"),
        ("reconciler doctor --portal staging --portal production", "two portals"),
        ("reconciler doctor --source people", "one source, and the groups in it that teams name"),
        ("reconciler doctor --forge", "the token of a job, and whether its repository is set up"),
        (
            "GITHUB_REPOSITORY=our-company/access GITHUB_TOKEN=$(gh auth token) reconciler doctor --forge",
            "the same by an admin, who can see all settings",
        ),
        ("reconciler doctor --portal all --format json", "every portal, for a script"),
    ],
)
@click.option(
    "--forge",
    is_flag=True,
    help="Check the forge of this job, and how its repository is set up; with --portal or --source, these"
    " as well.",
)
@options.app
@options.allow_http
@options.combine(
    options.config,
    options.portals,
    options.sources,
    *options.trust,
    options.formats("text", "json"),
    *options.everywhere,
)
def doctor(**given: Any) -> int:
    """Check whether portals and sources can be reached and used, and say what to do where not.

    Checks settings, connection, certificate, clock, credentials, each right that is needed, rate limit and
    version, and whether the groups that teams name exist. With --forge, also checks whether the repository
    has what the pipelines need, such as required checks, environments and secrets; what is missing is shown
    with the command that sets it. Writes nothing.

    Exits with 1 when the configuration or a secret is wrong, with 5 when another check fails; warnings do
    not count.
    """
    from reconciler.cli.actions.doctor import DoctorOptions, examine

    return examine(DoctorOptions(**given))

"""`reconciler init`: the files of a new repository."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler init", "ask for the name, the portal and the CI"),
        ("reconciler init --name our-company --ci gitlab", "in a script"),
        ("reconciler init --portal-type keycloak", "with the settings of a portal to complete"),
        ("reconciler init --from https://portal.our-company.example --adopt", "from a portal that exists"),
    ],
)
@click.option(
    "--name",
    metavar="NAME",
    help="The name of the configuration, the owner label in the portal; by default that of the folder.",
)
@click.option(
    "--portal-type",
    metavar="TYPE",
    help="The type of the portal: embedded, keycloak, drupal, apigee or konnect.  [default: embedded]",
)
@click.option(
    "--from",
    "origin",
    metavar="TYPE|URL",
    help="Export the portal that exists there, and plan its adoption; embedded is the one in this folder.",
)
@click.option("--adopt", is_flag=True, help="With --from: apply the plan, which only adopts.")
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab", "gitea", "none"]),
    help="Whose pipelines to write; by default those of the remote repository, else github.",
)
@click.option(
    "--owner",
    metavar="NAME=EMAIL",
    help="Who is responsible for everything at first; by default partnerships, with your address in git.",
)
@click.option("--handle", metavar="@ORG/TEAM", help="The owner on the forge, who is asked for reviews.")
@click.option(
    "--source",
    metavar="URL@COMMIT",
    help="Where pipelines get this program; by default where it was installed from.",
)
@options.combine(*options.everywhere)
def init(**given: Any) -> int:
    """Make this folder a repository that validates and plans.

    Write the configuration, folders, schemas, settings of editors, CODEOWNERS and pipelines. A file that
    exists is kept, and only what is missing is added. On a terminal, the name, the portal and the CI are
    asked for; without one, they have defaults.

    With --from, the portal is read first, and its content is written as files. Then the plan is shown that
    adopts everything without changing it. The portal's secret has to be in its environment variable, such as
    PORTAL_TOKEN.
    """
    from reconciler.cli.actions.start.init import initialize
    from reconciler.cli.actions.start.questions import InitOptions

    if given["adopt"] and given["origin"] is None:
        raise click.UsageError("--adopt needs --from: without a portal, there is nothing to adopt.")
    return initialize(InitOptions(**given))

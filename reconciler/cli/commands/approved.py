"""`reconciler approved`: the digest of the plan that a merge approved."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler approved --commit $GITHUB_SHA", "print the digest"),
        ('reconciler apply --approved "$(reconciler approved --commit $SHA)"', "apply that plan or none"),
    ],
)
@click.option(
    "--commit",
    metavar="SHA",
    required=True,
    callback=options.require_commit,
    help="The commit that the pull request was merged as.",
)
@options.app
@options.allow_http
@options.combine(options.config, options.portals, *options.everywhere)
def approved(commit: str, app: str, config: str | None, portals: tuple[str, ...], *, allow_http: bool) -> int:
    """Print the digest of the plan that was reviewed in the pull request merged as this commit.

    It is in the check run, or commit status, of the last commit of that pull request; those of another app or
    user do not count. Exits with 4 when no pull request was merged as the commit, or no plan passed. For
    several portals, there is one digest on each line, and it exits with 4 when one of them is missing.
    """
    from reconciler.cli.actions.approved_plan import print_approved

    return print_approved(commit, app, config, portals, allow_http=allow_http)

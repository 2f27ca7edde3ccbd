"""`reconciler approved`: which plan was reviewed in the pull request that a commit merged."""

import click

from reconciler.cli import options, runtime
from reconciler.cli.ci import environment
from reconciler.cli.command import Command
from reconciler.cli.console import out


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
    callback=environment.require_commit,
    help="What the pull request was merged as.",
)
@environment.app_option
@environment.allow_http_option
@options.together(options.config, options.portal, *options.everywhere)
def approved(commit: str, app: str, config: str | None, portal_name: str | None, *, allow_http: bool) -> None:
    """Print the digest of the plan that was reviewed in the pull request that a commit merged.

    The check run, or commit status, of that pull request's last commit bears it. Ends with 4 when no pull
    request merged the commit, and when no plan passed: one of another app or user does not count.
    """
    from reconciler import forge, workflow  # noqa: PLC0415  help needs none of it

    if portal_name is None:
        document = workflow.read_configuration(runtime.configuration(config))
        portal_name = workflow.choose_portal(document, None)[0]
    job = environment.job(app, allow_http=allow_http)

    async def work() -> str:
        async with forge.connect(job.settings, environment.patience()) as connected:
            return await forge.approved(connected, commit, portal_name, job.branch)

    out(runtime.run_async(work()))

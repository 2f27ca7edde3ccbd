"""`reconciler approved`: the digest of the plan that a merge approved."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler approved --commit $SHA --plan plan.json --out approved.json", "check the approvals"),
        ("reconciler apply --base $BEFORE --approvals approved.json", "apply that plan or none"),
        ("reconciler approved --commit $SHA", "where no approval is enforced"),
    ],
)
@click.option(
    "--commit",
    metavar="SHA",
    required=True,
    callback=options.require_commit,
    help="The commit that the pull request was merged as.",
)
@click.option(
    "--plan",
    "plan_files",
    metavar="PLAN",
    multiple=True,
    type=click.Path(),
    help="A plan of what was merged; for several portals, one of each.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(),
    help="Also write who approved what, for `reconciler apply --approvals`.",
)
@options.app
@options.allow_http
@options.combine(options.config, options.portals, *options.everywhere)
def approved(plan_files: tuple[str, ...], out: str | None, **given: Any) -> int:
    """Print the digest of the plan that was approved in the pull request merged as this commit.

    With --plan, a plan that was made of what was merged, the pull request must show that plan, and all owners
    whose approvals are enforced must have approved what its files decide. This reads the reviews, and the
    files of the commits that were approved. A plan without changes needs approvals too, but has no digest.

    Without --plan, only the digest is read, from the check run, or commit status, of the last commit of the
    pull request; those of another app or user do not count. That is refused where the configuration enforces
    approvals.

    Exits with 4 when no pull request was merged as the commit, no plan passed, or an approval is missing. For
    several portals, there is one digest on each line, and it exits with 4 when one of them is missing.
    """
    from reconciler.cli.actions.approved_plan import print_approved, print_approved_plans

    if plan_files:
        if given.pop("portals"):
            raise click.UsageError("--plan and --portal exclude each other: each plan names its portal.")
        return print_approved_plans(plan_files, out, **given)
    if out is not None:
        raise click.UsageError("--out needs --plan: without a plan, no approvals are known.")
    return print_approved(names=given.pop("portals"), **given)

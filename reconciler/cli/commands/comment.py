"""`reconciler comment`: one comment a pull request and portal, kept up to date, and a check at its commit."""

from typing import TYPE_CHECKING

import click

from reconciler.cli import options, runtime
from reconciler.cli.ci import environment
from reconciler.cli.command import Command

if TYPE_CHECKING:
    from reconciler.model.receipt import Receipt


@click.command(
    cls=Command,
    examples=[
        ("reconciler comment plan.json", "in the job of a pull request"),
        ("reconciler comment receipt.json --plan plan.json", "after the merge: what became of it"),
        ("reconciler comment plan.json --pull-request 7", "elsewhere"),
        ("reconciler comment plan.json --drift-issue", "every day, of the plan of all files"),
    ],
)
@click.argument("file", metavar="PLAN|RECEIPT", type=click.Path())
@click.option(
    "--plan", "plan_file", metavar="PLAN", type=click.Path(), help="The plan that the receipt is of."
)
@click.option(
    "--pull-request",
    "number",
    metavar="N",
    type=click.IntRange(min=1),
    help="Where to comment; by default the job's pull request, for a receipt the merged one.",
)
@click.option(
    "--commit",
    metavar="SHA",
    callback=environment.require_commit,
    help="The head that was planned, or what was merged; by default the job's.",
)
@click.option(
    "--drift-issue",
    is_flag=True,
    help="Keep an issue instead, open while the plan has changes, closed when it has none.",
)
@click.option(
    "--merged",
    "is_merged",
    is_flag=True,
    help="The plan was merged and left no receipt: say that it is not live, or that nothing had to be done.",
)
@click.option(
    "--of-fork",
    is_flag=True,
    help="The plan was made by a fork's own run, from files alone: say so, and leave no check.",
)
@click.option(
    "--page",
    metavar="URL",
    default="",
    callback=environment.require_link,
    help="Where the plan is as a page of HTML, for one that is too large for a comment.",
)
@click.option(
    "--parts",
    metavar="URL",
    default="",
    callback=environment.require_link,
    help="Where the plan is as a list in parts.",
)
@environment.app_option
@environment.allow_http_option
@options.together(options.people, *options.everywhere)
def comment(  # noqa: PLR0913, PLR0917  a parameter an option
    file: str,
    plan_file: str | None,
    number: int | None,
    commit: str | None,
    app: str,
    people: str,
    page: str,
    parts: str,
    *,
    drift_issue: bool,
    is_merged: bool,
    of_fork: bool,
    allow_http: bool,
) -> None:
    """Keep the comment on a pull request up to date, and leave a check that bears the plan's digest.

    There is one comment for each portal. It is written anew where somebody edited or deleted it; nobody
    else's comment is touched. The check passes unless the plan is denied or incomplete. Of a plan that is too
    large for a comment, the comment has counts and the highest risks; then the check fails, and this ends
    with 3, until that plan is let through by its digest.
    """
    from reconciler.cli import plan_steps  # noqa: PLC0415  help needs none of it
    from reconciler.cli.ci import report  # noqa: PLC0415  help needs none of it
    from reconciler.model.plan import read_plan  # noqa: PLC0415

    content = plan_steps.content(file)
    plan = plan_steps.saved(plan_file) if plan_file is not None else None
    job, names = environment.job(app, allow_http=allow_http), people == "names"
    written = _receipt(content)
    if drift_issue and (written or number or commit):
        raise click.UsageError("--drift-issue goes with a plan, and with no pull request and no commit.")
    if is_merged and (written or drift_issue or of_fork):
        raise click.UsageError("--merged goes with a plan, and with neither --drift-issue nor --of-fork.")
    if of_fork and (written or drift_issue or number is None or commit is None):
        raise click.UsageError("--of-fork goes with a plan, --pull-request and --commit.")
    if written is not None:
        told = report.receipt(written, plan, names=names)
        runtime.run_async(report.after_merge(told, job, number, commit))
        return
    if plan is not None:
        raise click.UsageError("--plan goes with a receipt.")
    if is_merged:
        runtime.run_async(report.after_merge(report.merged(read_plan(content), job), job, number, commit))
        return
    review = report.plan(read_plan(content), job, names=names, page=page, parts=parts, is_forks=of_fork)
    if drift_issue:
        runtime.run_async(report.of_drift(review, job))
        return
    if of_fork and number is not None and commit is not None:
        runtime.run_async(report.of_fork(review, job, number, commit))
        return
    runtime.run_async(report.under_review(review, job, number, commit))
    if review.problem is not None:
        raise review.problem


def _receipt(content: bytes) -> "Receipt | None":
    """Return the receipt that a file says it is, or that its journal stands for; None for anything else."""
    from reconciler.cli import plan_steps  # noqa: PLC0415  start-up counts
    from reconciler.model.journal import read_journal  # noqa: PLC0415  small
    from reconciler.model.receipt import read_receipt  # noqa: PLC0415  small

    said = plan_steps.format_of(content)
    if said.startswith("reconciler-journal/"):
        return read_journal(content)
    return read_receipt(content) if said.startswith("reconciler-receipt/") else None

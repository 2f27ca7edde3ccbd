"""`reconciler comment`: one comment a pull request and portal, kept up to date, and a check at its commit."""

import click

from reconciler.cli import edge, forges, options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler comment plan.json", "in the job of a pull request"),
        ("reconciler comment receipt.json --plan plan.json", "after the merge: what became of it"),
        ("reconciler comment plan.json --pull-request 7", "elsewhere"),
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
    callback=forges.require_commit,
    help="The head that was planned, or what was merged; by default the job's.",
)
@forges.app_option
@options.together(*options.everywhere)
def comment(file: str, plan_file: str | None, number: int | None, commit: str | None, app: str) -> None:
    """Keep the comment on a pull request up to date, and leave a check that bears the plan's digest.

    There is one comment for each portal. It is written anew where somebody edited or deleted it; nobody
    else's comment is touched. The check passes unless the plan is denied, incomplete, or too large to
    review, which also ends this with 1.
    """
    from reconciler.cli import planning, telling  # noqa: PLC0415  help needs none of it
    from reconciler.model.plan import read_plan  # noqa: PLC0415
    from reconciler.model.receipt import read_receipt  # noqa: PLC0415

    content = planning.content(file)
    plan = planning.saved(plan_file) if plan_file is not None else None
    job = forges.job(app)
    if _is_receipt(content):
        told = telling.receipt(read_receipt(content), plan)
        edge.loop(telling.after_merge(told, job, number, commit))
        return
    if plan is not None:
        raise click.UsageError("--plan goes with a receipt.")
    judged = telling.plan(read_plan(content), job)
    edge.loop(telling.under_review(judged, job, number, commit))
    if judged.problem is not None:
        raise judged.problem


def _is_receipt(content: bytes) -> bool:
    """Whether a file says that it is a receipt; what it holds is read, and judged, afterwards."""
    import msgspec  # noqa: PLC0415  start-up counts

    try:
        found = msgspec.json.decode(content)
    except msgspec.DecodeError:
        return False
    return isinstance(found, dict) and str(found.get("format")).startswith("reconciler-receipt/")

"""`reconciler apply`: change the portal to match the files or a saved plan."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command


@click.command(
    cls=Command,
    examples=[
        ("reconciler apply", "plan, show, ask, apply"),
        ("reconciler apply plan.json", "exactly that plan, without asking"),
        ("reconciler apply plan.json --base origin/main", "the same, for a plan made with --base"),
        ("reconciler apply --approved sha256:9f3…", "after the merge: the reviewed plan, or nothing"),
        ("reconciler apply --approvals approved.json", "the same, with the approvals in the receipt"),
        ("reconciler apply --portal staging --portal production", "two portals"),
        ("reconciler apply plans/*.json", "the plans of several portals"),
        ("reconciler apply --only-expired --auto-approve", "every night: remove expired access"),
        ("reconciler apply --only-removals --portal all", "take people out, and add nothing"),
    ],
)
@click.argument("saved", metavar="[PLAN]...", nargs=-1, type=click.Path())
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--approved",
    metavar="DIGEST",
    multiple=True,
    callback=options.require_digests,
    help="Plan again, and apply without asking if the plan has this digest.",
)
@click.option(
    "--approvals",
    metavar="FILE",
    type=click.Path(),
    help="The same with the plans in a file of `reconciler approved`; the receipt has who approved.",
)
@click.option("--only-expired", is_flag=True, help="Only remove what has ended: access, and invitations.")
@click.option("--only-removals", is_flag=True, help="Only remove and lower access, and add nothing.")
@options.combine(
    options.base,
    options.allow,
    options.lock_timeout,
    options.config,
    options.portals,
    *options.trust,
    options.today,
    options.formats("text", "json"),
    *options.everywhere,
)
def apply(saved: tuple[str, ...], approvals: str | None, **given: Any) -> int:
    """Change the portal to match the files: plan, show the plan, ask, and apply it.

    With PLAN, a file written by `reconciler plan --out`, apply exactly that plan without asking. The plan is
    refused when the portal has changed since it was made. A plan that was made with --base needs the same
    option here: the configuration of REF decides which portal is changed, and what the guard allows.

    With --only-removals, nobody gains anything, and no rule denies the plan; the guard still does. Removals
    that need another change first are left out and listed.

    Several portals are planned in parallel and changed sequentially; each has its own receipt. A
    portal that fails does not stop the next ones.
    """
    from reconciler.cli.actions.apply import apply_files, apply_saved, with_approvals
    from reconciler.cli.actions.checked_files import CommandOptions

    if approvals is not None and given["approved"]:
        raise click.UsageError("--approved and --approvals exclude each other.")
    command_options = CommandOptions(selection=_selection(given), **given)
    if approvals is not None:
        command_options = with_approvals(command_options, approvals)
    return apply_saved(command_options, saved) if saved else apply_files(command_options)


def _selection(given: dict[str, Any]) -> Any:
    """Replace the options that select changes by a selection. Raises UsageError for options in conflict."""
    only_expired, only_removals = given.pop("only_expired"), given.pop("only_removals")
    if only_expired and only_removals:
        raise click.UsageError("--only-expired and --only-removals exclude each other.")
    if only_expired and given["base"] is not None:
        raise click.UsageError("--only-expired and --base exclude each other.")
    return "expired" if only_expired else "removals" if only_removals else "all"

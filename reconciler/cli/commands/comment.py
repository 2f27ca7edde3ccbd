"""`reconciler comment`: report plans and receipts to a pull request or an issue."""

from typing import Any, Final

import click

from reconciler.cli import options
from reconciler.cli.command import Command, Group
from reconciler.cli.option_values import WholeNumber

_LEGACY: Final = "file"


class CommentGroup(Group):
    """A group that also takes a file in the place of a command, as versions before 1.0 did."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the hidden command before anything that is not a command."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_LEGACY, *args]
        return super().parse_args(ctx, args)


_number = click.option(
    "--pull-request",
    "number",
    metavar="N",
    type=WholeNumber(min=1),
    help="The pull request; by default that of the job, or the one that was merged.",
)
_commit = click.option(
    "--commit",
    metavar="SHA",
    callback=options.require_commit,
    help="The commit that was planned or merged; by default that of the job.",
)
_links = options.combine(
    click.option(
        "--page",
        metavar="URL",
        default="",
        callback=options.require_link,
        help="Link to the plan as an HTML page, shown where the plan is too large for a comment.",
    ),
    click.option(
        "--parts",
        metavar="URL",
        default="",
        callback=options.require_link,
        help="Link to the plan as a list in parts.",
    ),
)
_approvals = click.option(
    "--approvals",
    metavar="FILE",
    type=click.Path(),
    help="A file of `reconciler approved`: the comment shows which approvals are missing.",
)
_forge = options.combine(options.app, options.allow_http, options.people, *options.everywhere)


@click.group(cls=CommentGroup)
def comment() -> None:
    """Keep comments, checks and issues on GitHub, GitLab or Gitea up to date.

    There is one comment for each portal. It is written again when another user edited or deleted it.
    Comments of other users are never changed.
    """


@comment.command(
    cls=Command,
    short_help="Comment on plans, and set their checks.",
    examples=[
        ("reconciler comment plan plan.json", "in the job of a pull request"),
        ("reconciler comment plan plan.json --pull-request 7", "outside of such a job"),
        ("reconciler comment plan plans/*.json", "the plans of several portals"),
        ("reconciler comment plan plan.json --commit $HEAD", "again, after a review"),
        ("reconciler comment plan plan.json --merged", "after a merge that left no receipt"),
    ],
)
@click.argument("files", metavar="PLAN...", nargs=-1, required=True, type=click.Path())
@_number
@_commit
@click.option(
    "--merged",
    "is_merged",
    is_flag=True,
    help="The plan was merged and left no receipt: report that nothing was applied, or had to be.",
)
@_approvals
@_links
@_forge
def plan(files: tuple[str, ...], *, is_merged: bool, **given: Any) -> int:
    """Comment on the pull request of a plan, and set a check with the plan's digest at the planned commit.

    The check passes unless the plan is denied or incomplete. If the plan is too large for a comment, the
    comment has counts and the highest risks, the check fails, and this exits with 3, until that plan is
    allowed by its digest.

    The comment shows which owners have approved. The check `reconciler/approvals` is pending while a required
    approval is missing in one of the plans, and people who can give it are asked for a review.

    Without a number, the open pull request is found whose head is the commit of --commit.
    """
    from reconciler.cli.actions.comment import CommentOptions, comment_merge, comment_plans, for_each

    if is_merged:
        return for_each(files, given, comment_merge)
    if given["approvals"] is not None:
        raise click.UsageError("--approvals needs --merged: before the merge, the reviews are read.")
    return comment_plans(files, CommentOptions(file=files[0], **given))


@comment.command(
    cls=Command,
    short_help="Comment on what was applied after the merge.",
    examples=[("reconciler comment receipt receipt.json --plan plan.json", "after the merge")],
)
@click.argument("files", metavar="RECEIPT...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--plan",
    "plan_files",
    metavar="PLAN",
    multiple=True,
    type=click.Path(),
    help="The plan that was applied; for several receipts, those of their portals.",
)
@_approvals
@_number
@_commit
@_forge
def receipt(files: tuple[str, ...], plan_files: tuple[str, ...], **given: Any) -> int:
    """Comment on the merged pull request: what was applied, and what is left.

    The journal of a run that was killed is accepted in place of the receipt. With several plans, a plan that
    has changes but no receipt is reported as not applied.
    """
    from reconciler.cli.actions.comment import CommentOptions, comment_receipt, comment_receipts

    if len(files) > 1 or len(plan_files) > 1:
        return comment_receipts(files, plan_files, given)
    comment_receipt(CommentOptions(file=files[0], **given), next(iter(plan_files), None))
    return 0


@comment.command(
    cls=Command,
    short_help="Keep an issue about drift up to date.",
    examples=[("reconciler comment drift plan.json", "every day, with a plan of all files")],
)
@click.argument("files", metavar="PLAN...", nargs=-1, required=True, type=click.Path())
@_links
@_forge
def drift(files: tuple[str, ...], **given: Any) -> int:
    """Keep an issue that is open while the plan has changes, and closed when it has none.

    There is one issue for each portal.
    """
    from reconciler.cli.actions.comment import comment_drift, for_each

    return for_each(files, given, comment_drift)


@comment.command(
    cls=Command,
    short_help="Comment on a fork's plan, and set no check.",
    examples=[
        ("reconciler comment fork plan.json --pull-request 7 --commit $HEAD", "after the fork's own run")
    ],
)
@click.argument("file", metavar="PLAN", type=click.Path())
@click.option(
    "--pull-request",
    "number",
    metavar="N",
    type=WholeNumber(min=1),
    required=True,
    help="The pull request of the fork.",
)
@click.option(
    "--commit",
    metavar="SHA",
    callback=options.require_commit,
    required=True,
    help="The commit that was planned; nothing is written unless it is the head.",
)
@_links
@_forge
def fork(number: int, commit: str, **given: Any) -> None:
    """Comment on a fork's pull request with a plan that the fork's own run made from files.

    The comment says that the plan was not verified. No check is set.
    """
    from reconciler.cli.actions.comment import CommentOptions, comment_fork

    comment_fork(CommentOptions(**given), number, commit)


@comment.command(_LEGACY, cls=Command, hidden=True)
@click.argument("file", metavar="PLAN|RECEIPT", type=click.Path())
@click.option("--plan", "plan_file", metavar="PLAN", type=click.Path())
@_number
@_commit
@click.option("--drift-issue", is_flag=True)
@click.option("--merged", "is_merged", is_flag=True)
@click.option("--of-fork", is_flag=True)
@_links
@_forge
def file(**given: Any) -> None:
    """Do what the options select; `reconciler comment plan|receipt|drift|fork` replace this."""
    from reconciler.cli.actions.comment import LegacyOptions, comment_file

    comment_file(LegacyOptions(**given))

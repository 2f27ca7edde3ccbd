"""Report receipts, merges, drift and the plans of forks to a forge, in comments and issues."""

from typing import Final
from urllib.parse import quote

import msgspec

from reconciler import forge
from reconciler.cli.ci import environment, job_summary
from reconciler.cli.ci.environment import Job
from reconciler.cli.console import log
from reconciler.errors import InputError
from reconciler.model.approved_plans import PlanApproval
from reconciler.model.forge import Forge
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt
from reconciler.render import markdown

_NUMBER_HINT: Final = "give it with --pull-request"


class CommentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a comment about a portal; without a need, no new comment is created.

    One that `keeps_receipt` does not replace the receipt of an earlier attempt.
    """

    portal: str
    body: str
    needed: bool
    keeps_receipt: bool = False


def receipt(
    written: Receipt, made: Plan | None, approval: PlanApproval | None, *, names: bool
) -> CommentDraft:
    """Return the comment on a receipt, and write the job's summary. Raises InputError.

    A receipt of removals can come with the plan that was not applied instead, and with its approval.
    """
    if made is not None and made.digest != written.plan and written.selection != "removals":
        message = f"the receipt is for the plan {written.plan}, but the plan has the digest {made.digest}"
        raise InputError(message, "give the plan that was applied, or leave out --plan")
    body = markdown.receipt(written, made, approval, names=names)
    job_summary.write(
        lambda largest: markdown.receipt(written, made, approval, largest=largest, names=names), body
    )
    return CommentDraft(portal=written.portal, body=body, needed=bool(written.entries or written.problem))


def merged(made: Plan, approval: PlanApproval | None, job: Job) -> CommentDraft:
    """Return the comment on a merged plan without a receipt."""
    body = markdown.merged(made, approval, link=job.link)
    job_summary.write(lambda _: body, body)
    is_refused = approval is not None and not approval.is_approved
    return CommentDraft(
        portal=made.portal, body=body, needed=bool(made.changes) or is_refused, keeps_receipt=not made.changes
    )


async def report_merge(draft: CommentDraft, job: Job, number: int | None, commit: str | None) -> None:
    """Comment on the pull request that was merged as this commit, if there is one. Raises ForgeError."""
    commit = commit or job.commit
    async with forge.connect(job.settings, environment.retry_policy()) as connected:
        if number is None and commit is not None:
            pull = await connected.merged_as(commit, job.branch)
            number = pull.number if pull else None
        if number is not None:
            await write_comment(connected, number, draft)
        elif commit is None:
            raise InputError(
                "neither the pull request nor the commit is known", f"{_NUMBER_HINT}, or give --commit"
            )
        else:
            log(f"No pull request was merged as {commit}; no comment was written.")


async def report_fork(draft: CommentDraft, job: Job, number: int, commit: str) -> None:
    """Comment on a fork's pull request while this commit is its head, and set no check. Raises ForgeError.

    The fork may have written the plan itself, so the comment says that it was not verified.
    """
    marker = "<!-- reconciler fork -->"
    body = f"{marker}\n\n{draft.body}"
    async with forge.connect(job.settings, environment.retry_policy()) as connected:
        pull = await connected.pull_request(number)
        if pull.head != commit:
            log(f"{commit} is not the head of #{number}: no comment was written.")
            return
        result = await forge.upsert_comment(connected, number, body, marker, needed=draft.needed)
        log(f"Comment on #{number}: {result}.")


async def report_drift(draft: CommentDraft, job: Job) -> None:
    """Keep the issue about drift of a portal up to date. Raises ForgeError."""
    marker = f"<!-- reconciler drift {quote(draft.portal, safe='')} -->"
    title = f"The portal {draft.portal} differs from the files"
    async with forge.connect(job.settings, environment.retry_policy()) as connected:
        result = await forge.upsert_issue(
            connected, title, f"{marker}\n{draft.body}", marker, needed=draft.needed
        )
        log(f"Issue about drift: {result}.")


async def write_comment(connected: Forge, number: int, draft: CommentDraft) -> None:
    """Create or update the comment about a portal. Raises PortalError."""
    marker = markdown.marker(draft.portal)
    if draft.keeps_receipt:
        earlier = await connected.comment(number, marker)
        if earlier is not None and markdown.is_receipt(earlier.body):
            log(f"Comment on #{number}: the receipt of an earlier attempt is kept.")
            return
    result = await forge.upsert_comment(connected, number, draft.body, marker, needed=draft.needed)
    log(f"Comment on #{number}: {result}.")

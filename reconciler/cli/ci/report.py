"""Report a plan or a receipt to a forge, in a comment on a pull request, a check or an issue."""

from typing import Final
from urllib.parse import quote, urlsplit

import msgspec

from reconciler import forge
from reconciler.cli.ci import environment, job_summary, repository_paths
from reconciler.cli.ci.environment import Job
from reconciler.cli.console import log
from reconciler.errors import InputError, PolicyError
from reconciler.model.finding import Severity
from reconciler.model.forge import Forge, Verdict
from reconciler.model.plan import FILES, Plan
from reconciler.model.receipt import Receipt
from reconciler.render import markdown
from reconciler.render.locations import locate
from reconciler.render.markdown.escaping import MAX_LENGTH

_FORK_WARNING: Final = (
    "> ⚠️ This plan was made by the fork's own run and has not been verified. It approves nothing."
)
_NUMBER_HINT: Final = "give it with --pull-request"


class CommentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a comment about a portal; without a need, no new comment is created."""

    portal: str
    body: str
    needed: bool


class PlanReview(msgspec.Struct, frozen=True):
    """What a pull request shows about a plan.

    `problem` is set where the comment alone is not enough to review the plan.
    """

    draft: CommentDraft
    verdict: Verdict
    from_files: bool
    commit: str | None
    problem: PolicyError | None = None


def plan(
    made: Plan, job: Job, *, names: bool, page: str = "", parts: str = "", is_fork: bool = False
) -> PlanReview:
    """Return what a pull request shows about a plan, and write the job's summary.

    With `names`, the comment names all people. `page` and `parts` are links to the plan as HTML and as a
    list. The comment on a fork's plan says that it was not verified. Raises InputError for links to other
    hosts.
    """
    preface = f"{_FORK_WARNING}\n\n" if is_fork else ""
    configuration = repository_paths.configuration(None)
    link = repository_paths.link(made.source.commit, configuration)
    elsewhere = markdown.Elsewhere(_on_forge(page, job), _on_forge(parts, job), job.link)

    def render(largest: int) -> markdown.Comment:
        return markdown.comment(made, link=link, largest=largest, names=names, elsewhere=elsewhere)

    comment = render(MAX_LENGTH)
    body = f"{preface}{comment.text}"
    job_summary.write(lambda largest: f"{preface}{render(largest).text}", body)
    shown = [each for each in locate(made.findings, configuration) if each.finding.file]
    annotations = tuple(forge.annotation(each.finding, each.file, each.line) for each in shown)
    verdict = forge.verdict(made, comment.text, annotations, job.link, whole=comment.whole)
    return PlanReview(
        CommentDraft(portal=made.portal, body=body, needed=_is_worth_a_comment(made)),
        verdict,
        made.portal_id == FILES,
        made.source.commit,
        None if comment.whole or made.allowed else _not_whole(made),
    )


def _on_forge(link: str, job: Job) -> str:
    """Return a link to the host of the job's own page. Raises InputError: a branch could name any other."""
    own = urlsplit(job.link)
    given = urlsplit(link)
    if link and own.netloc and (given.scheme, given.netloc) != (own.scheme, own.netloc):
        raise InputError(
            f"{link} is not on {own.netloc}, where this job runs", "link to an artifact of this job"
        )
    return link


def _not_whole(made: Plan) -> PolicyError:
    return PolicyError(
        "the plan is too large for a comment, which has only counts and the highest risks",
        f"read the whole plan, then approve it: add {made.digest} to guard.allow on the base branch",
    )


def receipt(written: Receipt, made: Plan | None, *, names: bool) -> CommentDraft:
    """Return the comment on a receipt, and write the job's summary. Raises InputError.

    A receipt of removals can come with the plan that was not applied instead.
    """
    if made is not None and made.digest != written.plan and written.selection != "removals":
        message = f"the receipt is for the plan {written.plan}, but the plan has the digest {made.digest}"
        raise InputError(message, "give the plan that was applied, or leave out --plan")
    body = markdown.receipt(written, made, names=names)
    job_summary.write(lambda largest: markdown.receipt(written, made, largest=largest, names=names), body)
    return CommentDraft(portal=written.portal, body=body, needed=bool(written.entries or written.problem))


def merged(made: Plan, job: Job) -> CommentDraft:
    """Return the comment on a merged plan without a receipt."""
    body = markdown.merged(made, link=job.link)
    job_summary.write(lambda _: body, body)
    return CommentDraft(portal=made.portal, body=body, needed=bool(made.changes))


async def report_review(review: PlanReview, job: Job, number: int | None, commit: str | None) -> None:
    """Comment on the pull request of a plan, and set the check of the planned commit. Raises ForgeError.

    A job whose commit is no longer the head sets the check only; the head's own job writes the comment.
    """
    number = number or job.number
    if number is None:
        raise InputError("this job does not run for a pull request", _NUMBER_HINT)
    async with forge.connect(job.settings, environment.retry_policy()) as connected:
        pull = await connected.pull_request(number)
        known = commit or (job.head if number == job.number else None)
        planned = known or pull.head
        if known is None and review.commit not in {None, pull.head}:
            message = f"the plan was made for {review.commit}, but the head of #{number} is {pull.head}"
            raise InputError(message, "plan again at that head, or give the planned commit with --commit")
        if planned == pull.head:
            await _comment(connected, number, review.draft)
        else:
            log(f"#{number} has newer commits than {planned}; their own jobs comment on it.")
        await connected.set_check(planned, review.verdict)
        log(f'Check "{review.verdict.name}" at {planned}: {review.verdict.conclusion}.')


async def report_merge(draft: CommentDraft, job: Job, number: int | None, commit: str | None) -> None:
    """Comment on the pull request that was merged as this commit, if there is one. Raises ForgeError."""
    commit = commit or job.commit
    async with forge.connect(job.settings, environment.retry_policy()) as connected:
        if number is None and commit is not None:
            pull = await connected.merged_as(commit, job.branch)
            number = pull.number if pull else None
        if number is not None:
            await _comment(connected, number, draft)
        elif commit is None:
            raise InputError(
                "neither the pull request nor the commit is known", f"{_NUMBER_HINT}, or give --commit"
            )
        else:
            log(f"No pull request was merged as {commit}; no comment was written.")


async def report_fork(review: PlanReview, job: Job, number: int, commit: str) -> None:
    """Comment on a fork's pull request while this commit is its head, and set no check. Raises ForgeError.

    The fork may have written the plan itself, so the comment says that it was not verified.
    """
    if not review.from_files:
        raise InputError(
            "the plan of a fork must be made from files only", "use `plan --base REF --files-only`"
        )
    marker = "<!-- reconciler fork -->"
    body = f"{marker}\n\n{review.draft.body}"
    async with forge.connect(job.settings, environment.retry_policy()) as connected:
        pull = await connected.pull_request(number)
        if pull.head != commit:
            log(f"{commit} is not the head of #{number}: no comment was written.")
            return
        result = await forge.upsert_comment(connected, number, body, marker, needed=review.draft.needed)
        log(f"Comment on #{number}: {result}.")


async def report_drift(review: PlanReview, job: Job) -> None:
    """Keep the issue about drift of a portal up to date. Raises ForgeError."""
    draft = review.draft
    marker = f"<!-- reconciler drift {quote(draft.portal, safe='')} -->"
    title = f"The portal {draft.portal} differs from the files"
    async with forge.connect(job.settings, environment.retry_policy()) as connected:
        result = await forge.upsert_issue(
            connected, title, f"{marker}\n{draft.body}", marker, needed=draft.needed
        )
        log(f"Issue about drift: {result}.")


async def _comment(connected: Forge, number: int, draft: CommentDraft) -> None:
    marker = markdown.marker(draft.portal)
    result = await forge.upsert_comment(connected, number, draft.body, marker, needed=draft.needed)
    log(f"Comment on #{number}: {result}.")


def _is_worth_a_comment(made: Plan) -> bool:
    denied = any(finding.severity is Severity.ERROR for finding in made.findings)
    return bool(made.changes or made.file_changes) or denied or not made.complete

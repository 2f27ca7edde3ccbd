"""Telling a forge about a plan or a receipt: what is said, under which pull request or in which issue."""

from typing import Final
from urllib.parse import quote, urlsplit

import msgspec

from reconciler import forge
from reconciler.cli.ci import environment, job_summary
from reconciler.cli.ci.environment import Job
from reconciler.cli.console import say
from reconciler.cli.git import repository_paths
from reconciler.errors import InputError, PolicyError
from reconciler.model.finding import Severity
from reconciler.model.forge import Forge, Verdict
from reconciler.model.plan import FILES, Plan
from reconciler.model.receipt import Receipt
from reconciler.render import markdown
from reconciler.render.locations import locate
from reconciler.render.markdown.escaping import MAX_LENGTH

_FORKS_WORD: Final = (
    "> ⚠️ The fork's own run says this, and nobody has looked whether it is true. It approves nothing."
)
_WHICH: Final = "name it with --pull-request"


class CommentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said about a portal; where it is not `needed`, nothing is begun."""

    portal: str
    body: str
    needed: bool


class PlanReview(msgspec.Struct, frozen=True):
    """A plan as it is told; `problem` says why its review needs more than the comment, and is None if not."""

    told: CommentDraft
    verdict: Verdict
    from_files: bool
    commit: str | None
    problem: PolicyError | None = None


def plan(
    made: Plan, job: Job, *, names: bool, page: str = "", parts: str = "", is_forks: bool = False
) -> PlanReview:
    """Return what is said about a plan, and write the job's summary. `names` are wanted of all people.

    `page` and `parts` are links to the plan as HTML and as a list. Of a fork's plan, the comment and the
    summary say that it is the fork's word. Raises InputError for links elsewhere.
    """
    preface = f"{_FORKS_WORD}\n\n" if is_forks else ""
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
        CommentDraft(portal=made.portal, body=body, needed=_says_something(made)),
        verdict,
        made.portal_id == FILES,
        made.source.commit,
        None if comment.whole or made.allowed else _not_whole(made),
    )


def _on_forge(link: str, job: Job) -> str:
    """Return a link if it leads to the host of the job's own page: a branch's job may have made it up."""
    own = urlsplit(job.link)
    given = urlsplit(link)
    if link and own.netloc and (given.scheme, given.netloc) != (own.scheme, own.netloc):
        raise InputError(
            f"{link} does not lead to {own.netloc}, where this job runs", "link to an artifact of it"
        )
    return link


def _not_whole(made: Plan) -> PolicyError:
    return PolicyError(
        "the plan is too large for a comment, which has counts and the highest risks",
        f"read all of it, then let this plan through: put {made.digest} under guard.allow on the base branch",
    )


def receipt(written: Receipt, made: Plan | None, *, names: bool) -> CommentDraft:
    """Return what is said about a receipt, and write the job's summary. Raises InputError."""
    if made is not None and made.digest != written.plan:
        message = f"the receipt is of the plan {written.plan}, and the plan has the digest {made.digest}"
        raise InputError(message, "give the plan that was applied with --plan, or none")
    body = markdown.receipt(written, made, names=names)
    job_summary.write(lambda largest: markdown.receipt(written, made, largest=largest, names=names), body)
    return CommentDraft(portal=written.portal, body=body, needed=bool(written.entries or written.problem))


def merged(made: Plan, job: Job) -> CommentDraft:
    """Return what is said about a plan that was merged and left no receipt."""
    body = markdown.merged(made, link=job.link)
    job_summary.write(lambda _: body, body)
    return CommentDraft(portal=made.portal, body=body, needed=bool(made.changes))


async def under_review(review: PlanReview, job: Job, number: int | None, commit: str | None) -> None:
    """Comment on the pull request that is planned, and mark the commit that was. Raises what forges raise.

    A job that was overtaken by a newer commit marks its own and leaves the comment to the newer one's job.
    """
    number = number or job.number
    if number is None:
        raise InputError("this job is none of a pull request, so it is not known where to comment", _WHICH)
    async with forge.connect(job.settings, environment.patience()) as connected:
        pull = await connected.pull_request(number)
        known = commit or (job.head if number == job.number else None)
        planned = known or pull.head
        if known is None and review.commit not in {None, pull.head}:
            message = f"the plan was made at {review.commit}, and the head of #{number} is {pull.head}"
            raise InputError(message, "plan again at that head, or say with --commit which head was planned")
        if planned == pull.head:
            await _comment(connected, number, review.told)
        else:
            say(f"#{number} has newer commits than {planned}, whose own jobs comment on it.")
        await connected.set_check(planned, review.verdict)
        say(f'Check "{review.verdict.name}" at {planned}: {review.verdict.conclusion}.')


async def after_merge(told: CommentDraft, job: Job, number: int | None, commit: str | None) -> None:
    """Comment on the pull request that was merged as this commit, where one was. Raises what forges raise."""
    commit = commit or job.commit
    async with forge.connect(job.settings, environment.patience()) as connected:
        if number is None and commit is not None:
            pull = await connected.merged_as(commit, job.branch)
            number = pull.number if pull else None
        if number is not None:
            await _comment(connected, number, told)
        elif commit is None:
            raise InputError("neither a pull request nor a commit is known", f"{_WHICH}, or --commit")
        else:
            say(f"No pull request merged {commit}, so there is none to comment on.")


async def of_fork(review: PlanReview, job: Job, number: int, commit: str) -> None:
    """Comment on a fork's pull request while this commit is its head, and mark nothing.

    What a fork's run handed over the fork may have written, so it is told as its word and decides nothing.
    Raises what forges raise.
    """
    if not review.from_files:
        raise InputError("a fork's plan is one of files alone", "make it with `plan --base REF --files-only`")
    marker = "<!-- reconciler fork -->"
    body = f"{marker}\n\n{review.told.body}"
    async with forge.connect(job.settings, environment.patience()) as connected:
        pull = await connected.pull_request(number)
        if pull.head != commit:
            say(f"{commit} is not the head of #{number}: nothing is said there.")
            return
        kept = await forge.upsert_comment(connected, number, body, marker, needed=review.told.needed)
        say(f"Comment on #{number}: {kept}.")


async def of_drift(review: PlanReview, job: Job) -> None:
    """Keep the issue about how a portal differs from the files. Raises what forges raise."""
    told = review.told
    marker = f"<!-- reconciler drift {quote(told.portal, safe='')} -->"
    title = f"The portal {told.portal} differs from the files"
    async with forge.connect(job.settings, environment.patience()) as connected:
        kept = await forge.upsert_issue(
            connected, title, f"{marker}\n{told.body}", marker, needed=told.needed
        )
        say(f"Issue about drift: {kept}.")


async def _comment(connected: Forge, number: int, told: CommentDraft) -> None:
    marker = markdown.marker(told.portal)
    kept = await forge.upsert_comment(connected, number, told.body, marker, needed=told.needed)
    say(f"Comment on #{number}: {kept}.")


def _says_something(made: Plan) -> bool:
    denied = any(finding.severity is Severity.ERROR for finding in made.findings)
    return bool(made.changes or made.file_changes) or denied or not made.complete

"""Telling a forge about a plan or a receipt: what is said, under which pull request or in which issue."""

from typing import Final
from urllib.parse import quote

import msgspec

from reconciler import forge
from reconciler.cli import forges, job_summary
from reconciler.cli.forges import Job
from reconciler.cli.git import paths
from reconciler.cli.streams import say
from reconciler.errors import InputError
from reconciler.model.finding import Severity
from reconciler.model.forge import Forge, Verdict
from reconciler.model.plan import FILES, Plan
from reconciler.model.receipt import Receipt
from reconciler.render import markdown
from reconciler.render.markdown.escaping import code
from reconciler.render.placed import placed

_FORKS_WORD: Final = (
    "> ⚠️ The fork's own run says this, and nobody has looked whether it is true. It approves nothing."
)
_WHICH: Final = "name it with --pull-request"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said about a portal; where it is not `needed`, nothing is begun."""

    portal: str
    body: str
    needed: bool


class Judged(msgspec.Struct, frozen=True):
    """A plan as it is told; `problem` says why nobody can review it, and is None when they can."""

    told: Told
    verdict: Verdict
    from_files: bool
    commit: str | None
    problem: InputError | None = None


def plan(made: Plan, job: Job, *, names: bool) -> Judged:
    """Return what is said about a plan, and write the job's summary. `names` are wanted of all people."""
    configuration = paths.configuration(None)
    link = paths.link(made.source.commit, configuration)
    problem = None
    try:
        body = markdown.plan(made, link=link, names=names)
    except InputError as error:
        body, problem = _too_large(made, job), error
    job_summary.write(lambda largest: markdown.plan(made, link=link, largest=largest, names=names), body)
    shown = [each for each in placed(made.findings, configuration) if each.finding.file]
    annotations = tuple(forge.annotation(each.finding, each.file, each.line) for each in shown)
    verdict = forge.verdict(made, body, annotations, job.link, too_large=problem is not None)
    return Judged(
        Told(portal=made.portal, body=body, needed=_says_something(made)),
        verdict,
        made.portal_id == FILES,
        made.source.commit,
        problem,
    )


def receipt(written: Receipt, made: Plan | None, *, names: bool) -> Told:
    """Return what is said about a receipt, and write the job's summary. Raises InputError."""
    if made is not None and made.digest != written.plan:
        message = f"the receipt is of the plan {written.plan}, and the plan has the digest {made.digest}"
        raise InputError(message, "give the plan that was applied with --plan, or none")
    body = markdown.receipt(written, made, names=names)
    job_summary.write(lambda largest: markdown.receipt(written, made, largest=largest, names=names), body)
    return Told(portal=written.portal, body=body, needed=bool(written.entries or written.problem))


def merged(made: Plan, job: Job) -> Told:
    """Return what is said about a plan that was merged and left no receipt."""
    body = markdown.merged(made, link=job.link)
    job_summary.write(lambda _: body, body)
    return Told(portal=made.portal, body=body, needed=bool(made.changes))


async def under_review(judged: Judged, job: Job, number: int | None, commit: str | None) -> None:
    """Comment on the pull request that is planned, and mark the commit that was. Raises what forges raise.

    A job that was overtaken by a newer commit marks its own and leaves the comment to the newer one's job.
    """
    number = number or job.number
    if number is None:
        raise InputError("this job is none of a pull request, so it is not known where to comment", _WHICH)
    async with forge.connect(job.settings, forges.patience()) as connected:
        pull = await connected.pull_request(number)
        known = commit or (job.head if number == job.number else None)
        planned = known or pull.head
        if known is None and judged.commit not in {None, pull.head}:
            message = f"the plan was made at {judged.commit}, and the head of #{number} is {pull.head}"
            raise InputError(message, "plan again at that head, or say with --commit which head was planned")
        if planned == pull.head:
            await _comment(connected, number, judged.told)
        else:
            say(f"#{number} has newer commits than {planned}, whose own jobs comment on it.")
        await connected.leave(planned, judged.verdict)
        say(f'Check "{judged.verdict.name}" at {planned}: {judged.verdict.conclusion}.')


async def after_merge(told: Told, job: Job, number: int | None, commit: str | None) -> None:
    """Comment on the pull request that was merged as this commit, where one was. Raises what forges raise."""
    commit = commit or job.commit
    async with forge.connect(job.settings, forges.patience()) as connected:
        if number is None and commit is not None:
            pull = await connected.merged_as(commit, job.branch)
            number = pull.number if pull else None
        if number is not None:
            await _comment(connected, number, told)
        elif commit is None:
            raise InputError("neither a pull request nor a commit is known", f"{_WHICH}, or --commit")
        else:
            say(f"No pull request merged {commit}, so there is none to comment on.")


async def of_fork(judged: Judged, job: Job, number: int, commit: str) -> None:
    """Comment on a fork's pull request while this commit is its head, and mark nothing.

    What a fork's run handed over the fork may have written, so it is told as its word and decides nothing.
    Raises what forges raise.
    """
    if not judged.from_files:
        raise InputError("a fork's plan is one of files alone", "make it with `plan --base REF --files-only`")
    marker = "<!-- reconciler fork -->"
    body = f"{marker}\n\n{_FORKS_WORD}\n\n{judged.told.body}"
    async with forge.connect(job.settings, forges.patience()) as connected:
        pull = await connected.pull_request(number)
        if pull.head != commit:
            say(f"{commit} is not the head of #{number}: nothing is said there.")
            return
        kept = await forge.keep(connected, number, body, marker, needed=judged.told.needed)
        say(f"Comment on #{number}: {kept}.")


async def of_drift(judged: Judged, job: Job) -> None:
    """Keep the issue about how a portal differs from the files. Raises what forges raise."""
    told = judged.told
    marker = f"<!-- reconciler drift {quote(told.portal, safe='')} -->"
    title = f"The portal {told.portal} differs from the files"
    async with forge.connect(job.settings, forges.patience()) as connected:
        kept = await forge.keep_issue(connected, title, f"{marker}\n{told.body}", marker, needed=told.needed)
        say(f"Issue about drift: {kept}.")


async def _comment(connected: Forge, number: int, told: Told) -> None:
    marker = markdown.marker(told.portal)
    kept = await forge.keep(connected, number, told.body, marker, needed=told.needed)
    say(f"Comment on #{number}: {kept}.")


def _says_something(made: Plan) -> bool:
    denied = any(finding.severity is Severity.ERROR for finding in made.findings)
    return bool(made.changes or made.file_changes) or denied or not made.complete


def _too_large(made: Plan, job: Job) -> str:
    """Return the comment that stands for a plan which fits no comment."""
    summary = made.summary
    parts = [
        markdown.marker(made.portal),
        f"### 🔴 Too large to review. Access on {code(made.portal)}",
        "What is removed, raised or denied does not fit into a comment. Split the change into several.",
        f"To create: {summary.create:,}, to change: {summary.update:,}, to delete: {summary.delete:,}.",
        f"People who gain access: {summary.people_gaining:,}, who lose it: {summary.people_losing:,}.",
        *([f"[The job]({job.link}) has the plan."] if job.link else []),
        f"<sub>Plan {code(made.digest)}, made {made.created} for {made.today}</sub>",
    ]
    return "\n\n".join(parts) + "\n"

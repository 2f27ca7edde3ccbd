"""Telling a pull request about a plan or a receipt: what is said there, and to which one."""

from typing import Final

import msgspec

from reconciler import forge
from reconciler.cli import edge, forges, job_summary
from reconciler.cli.forges import Job
from reconciler.cli.streams import say
from reconciler.errors import InputError
from reconciler.model.finding import Severity
from reconciler.model.forge import Forge, Verdict, marker
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt
from reconciler.render import markdown
from reconciler.render.markdown.escaping import code

_WHICH: Final = "name it with --pull-request"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said under a pull request; where it is not `needed`, no comment is begun."""

    portal: str
    body: str
    needed: bool


class Judged(msgspec.Struct, frozen=True):
    """A plan as it is told; `problem` says why nobody can review it, and is None when they can."""

    told: Told
    verdict: Verdict
    problem: InputError | None = None


def plan(made: Plan, job: Job) -> Judged:
    """Return what is said about a plan, and write the job's summary."""
    link = edge.link(made.source.commit)
    needed = bool(made.changes or not made.complete or _denied(made))
    try:
        body = markdown.plan(made, link=link)
    except InputError as error:
        body = _too_large(made, job)
        judged = Judged(
            Told(portal=made.portal, body=body, needed=True), forge.too_large(made, body, job.link), error
        )
    else:
        told = Told(portal=made.portal, body=body, needed=needed)
        judged = Judged(told, forge.verdict(made, body, job.link))
    job_summary.write(lambda largest: markdown.plan(made, link=link, largest=largest), body)
    return judged


def receipt(written: Receipt, made: Plan | None) -> Told:
    """Return what is said about a receipt, and write the job's summary. Raises InputError."""
    if made is not None and made.digest != written.plan:
        message = f"the receipt is of the plan {written.plan}, and the plan has the digest {made.digest}"
        raise InputError(message, "give the plan that was applied with --plan, or none")
    body = markdown.receipt(written, made, edge.link(made.source.commit if made else None))
    job_summary.write(lambda _: body, body)
    return Told(portal=written.portal, body=body, needed=bool(written.entries or written.problem))


async def under_review(judged: Judged, job: Job, number: int | None, commit: str | None) -> None:
    """Comment on the pull request that is planned, and mark the commit that was. Raises what forges raise.

    A job that was overtaken by a newer commit marks its own and leaves the comment to the newer one's job.
    """
    number = number or job.number
    if number is None:
        raise InputError("this job is none of a pull request, so it is not known where to comment", _WHICH)
    async with forge.connect(job.settings, forges.patience()) as connected:
        pull = await connected.pull_request(number)
        planned = commit or (job.head if number == job.number else None) or pull.head
        if planned == pull.head:
            await _keep(connected, number, judged.told)
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
            await _keep(connected, number, told)
        elif commit is None:
            raise InputError("neither a pull request nor a commit is known", f"{_WHICH}, or --commit")
        else:
            say(f"No pull request merged {commit}, so there is none to comment on.")


async def _keep(connected: Forge, number: int, told: Told) -> None:
    kept = await forge.keep(connected, number, told.body, marker(told.portal), needed=told.needed)
    say(f"Comment on #{number}: {kept}.")


def _denied(made: Plan) -> bool:
    return any(finding.severity is Severity.ERROR for finding in made.findings)


def _too_large(made: Plan, job: Job) -> str:
    """Return the comment that stands for a plan which fits no comment."""
    summary = made.summary
    parts = [
        marker(made.portal),
        f"### 🔴 Too large to review. Access on {code(made.portal)}",
        f"To create: {summary.create:,}, to change: {summary.update:,}, to delete: {summary.delete:,}.",
        f"People who gain access: {summary.people_gaining:,}, who lose it: {summary.people_losing:,}.",
        "What is removed, raised or denied does not fit into a comment. Split the change into several.",
        *([f"[The job]({job.link}) has the plan."] if job.link else []),
        f"<sub>Plan {code(made.digest)}, made {made.created} for {made.today}</sub>",
    ]
    return "\n\n".join(parts) + "\n"

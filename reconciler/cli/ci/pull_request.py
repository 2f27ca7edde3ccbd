"""Report the plans of a pull request: a comment and a check for each, and the check of all approvals."""

from collections.abc import Sequence

import msgspec

from reconciler import forge
from reconciler.cli.ci import environment
from reconciler.cli.ci.commit_objections import commit_objections
from reconciler.cli.ci.environment import Job
from reconciler.cli.ci.plan_review import Presentation, elsewhere_of, review
from reconciler.cli.ci.report import write_comment
from reconciler.cli.console import log
from reconciler.errors import InputError, ReconcilerError
from reconciler.model.approval import OwnerApproval
from reconciler.model.forge import Forge, PullRequest, Verdict
from reconciler.model.plan import Plan
from reconciler.render import markdown


class Target(msgspec.Struct, frozen=True):
    """The pull request and the planned commit, as given by options.

    Without a number, it is that of the job, or the open one whose head is the commit.
    """

    number: int | None = None
    commit: str | None = None


class PlanSet(msgspec.Struct, frozen=True):
    """The plans of a pull request; `complete` unless one of them could not be read."""

    plans: Sequence[Plan]
    complete: bool = True


async def report_plans(
    given: PlanSet, job: Job, target: Target, shown: Presentation
) -> list[tuple[Plan, ReconcilerError]]:
    """Comment on the pull request of plans, and set their checks and that of the approvals.

    Return the plans that failed, or that are too large for a comment. Where the planned commit is no longer
    the head of an open pull request, only the checks of the plans are set: another job, or the receipt of
    the merge, has the comment. Raises ReconcilerError if nothing can be reported.
    """
    elsewhere_of(shown, job)
    if target.number is None and target.commit is None and job.number is None:
        raise InputError("this job does not run for a pull request", "give it with --pull-request")
    async with forge.connect(job.settings, environment.retry_policy()) as connected:
        try:
            pull = await _pull_request(connected, job, target)
            if pull is None:
                return []
            report = _Report(connected, job, shown, pull, target)
            approvals = await report.approvals(given)
        except ReconcilerError:
            # The page of the job shows the plans in any case.
            for plan in given.plans:
                review(plan, job, shown)
            raise
        failures = [
            (plan, error) for plan in given.plans if (error := await report.plan(plan, approvals)) is not None
        ]
        if approvals is not None:
            await report.check_approvals(approvals, given)
        return failures


async def _pull_request(connected: Forge, job: Job, target: Target) -> PullRequest | None:
    """Return the pull request; None if the commit is not the head of an open one. Raises InputError."""
    number = target.number or job.number
    if number is not None:
        return await connected.pull_request(number)
    commit = target.commit or ""
    found = await connected.open_at(commit)
    if len(found) > 1:
        numbers = ", ".join(f"#{each.number}" for each in found)
        raise InputError(
            f"several open pull requests have the head {commit}: {numbers}", "name one with --pull-request"
        )
    if not found:
        log(f"No open pull request has the head {commit}; nothing was written.")
    return found[0] if found else None


class _Report:
    """What is reported to one pull request."""

    def __init__(
        self, connected: Forge, job: Job, shown: Presentation, pull: PullRequest, target: Target
    ) -> None:
        self._forge = connected
        self._job = job
        self._shown = shown
        self._pull = pull
        self._known = target.commit or (job.head if pull.number == job.number else None)
        self._planned = self._known or pull.head

    async def approvals(self, given: PlanSet) -> tuple[OwnerApproval, ...] | None:
        """Return the approvals of all plans; None if the plans are not those of an open pull request."""
        if not self._pull.is_open:
            log(f"#{self._pull.number} is merged or closed; its comment was left alone.")
            return None
        if self._planned != self._pull.head:
            newer = f"#{self._pull.number} has newer commits than {self._planned}"
            log(f"{newer}; their own jobs comment on it.")
            return None
        plans = list(filter(self._fits, given.plans))
        if not plans:
            return None
        kind = self._job.settings.kind
        with commit_objections(self._forge, self._job, self._pull.head, None) as objections:
            return await forge.owner_approvals(
                self._forge, kind, self._pull, plans, objections, objections.excess
            )

    async def plan(self, made: Plan, approvals: tuple[OwnerApproval, ...] | None) -> ReconcilerError | None:
        """Write the comment and the check of a plan; return the error, or why the comment is not enough."""
        try:
            own = None if approvals is None else forge.of_plan(approvals, made)
            reviewed = review(made, self._job, self._shown, own)
            if not self._fits(made):
                raise InputError(
                    f"the plan was made for {made.source.commit}, but the head of #{self._pull.number} is"
                    f" {self._pull.head}",
                    "plan again at that head, or give the planned commit with --commit",
                )
            if approvals is not None:
                await write_comment(self._forge, self._pull.number, reviewed.draft)
            await self._set(reviewed.verdict)
        except ReconcilerError as error:
            return error
        return reviewed.problem

    async def check_approvals(self, approvals: tuple[OwnerApproval, ...], given: PlanSet) -> None:
        """Set the check of all approvals, and ask the missing people for a review."""
        summary = markdown.approvals_summary(approvals)
        of_all = given.complete and all(map(self._fits, given.plans))
        verdict = forge.approvals_verdict(approvals, summary, self._job.link, of_all=of_all)
        await self._set(verdict)
        log(f"{verdict.title}.")
        missing = forge.people_to_ask(approvals)
        asked = await self._forge.request_reviewers(self._pull.number, missing) if missing else ()
        if asked:
            log(f"Asked for a review: {', '.join(asked)}.")

    async def _set(self, verdict: Verdict) -> None:
        await self._forge.set_check(self._planned, verdict)
        log(f'Check "{verdict.name}" at {self._planned}: {verdict.conclusion}.')

    def _fits(self, made: Plan) -> bool:
        """Whether a plan was made for the planned commit, where only the plan names it."""
        return self._known is not None or made.source.commit in {None, self._pull.head}

"""What a forge shows about a plan: the comment, the check and the summary of the job."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from reconciler import forge
from reconciler.cli.ci import job_summary, repository_paths
from reconciler.cli.ci.environment import Job
from reconciler.cli.ci.report import CommentDraft
from reconciler.errors import InputError, PolicyError
from reconciler.model.approval import OwnerApproval
from reconciler.model.finding import Severity
from reconciler.model.forge import Verdict
from reconciler.model.plan import Plan
from reconciler.render import markdown
from reconciler.render.locations import locate
from reconciler.render.markdown.escaping import MAX_LENGTH

_FORK_WARNING: Final = (
    "> ⚠️ This plan was made by the fork's own run and has not been verified. It approves nothing."
)


class Presentation(msgspec.Struct, frozen=True):
    """How a plan is shown: whether all people are named, and links to the plan as HTML and as a list."""

    names: bool
    page: str = ""
    parts: str = ""


class PlanReview(msgspec.Struct, frozen=True):
    """What a pull request shows about a plan.

    `problem` is set where the comment alone is not enough to review the plan.
    """

    draft: CommentDraft
    verdict: Verdict
    problem: PolicyError | None = None


def review(
    made: Plan,
    job: Job,
    shown: Presentation,
    approvals: Sequence[OwnerApproval] | None = None,
    *,
    is_fork: bool = False,
) -> PlanReview:
    """Return what a pull request shows about a plan, and write the job's summary.

    `approvals` are those of this plan, if they were read from the forge. The comment on a fork's plan says
    that it was not verified. Raises InputError for links to other hosts.
    """
    preface = f"{_FORK_WARNING}\n\n" if is_fork else ""
    configuration = repository_paths.configuration(None)
    link = repository_paths.link(made.source.commit, configuration)
    elsewhere = elsewhere_of(shown, job)

    def render(largest: int) -> markdown.Comment:
        return markdown.comment(
            made, link=link, largest=largest, names=shown.names, elsewhere=elsewhere, approvals=approvals
        )

    comment = render(MAX_LENGTH)
    body = f"{preface}{comment.text}"
    job_summary.write(lambda largest: f"{preface}{render(largest).text}", body)
    found = [each for each in locate(made.findings, configuration) if each.finding.file]
    annotations = tuple(forge.annotation(each.finding, each.file, each.line) for each in found)
    verdict = forge.verdict(made, comment.text, annotations, job.link, whole=comment.whole)
    return PlanReview(
        CommentDraft(portal=made.portal, body=body, needed=bool(approvals) or _is_worth_a_comment(made)),
        verdict,
        None if comment.whole or made.allowed else _not_whole(made),
    )


def elsewhere_of(shown: Presentation, job: Job) -> markdown.Elsewhere:
    """Return the links to the whole plan. Raises InputError for links to other hosts."""
    return markdown.Elsewhere(_on_forge(shown.page, job), _on_forge(shown.parts, job), job.link)


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


def _is_worth_a_comment(made: Plan) -> bool:
    denied = any(finding.severity is Severity.ERROR for finding in made.findings)
    return bool(made.changes or made.file_changes or made.approvals) or denied or not made.complete

"""What a plan is marked with on a forge: passed or not, a line about it, and findings beside their lines."""

from collections.abc import Mapping
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.forge import Annotation, Conclusion, Level, Verdict, verdict_name
from reconciler.model.plan import Plan
from reconciler.model.plan_status import PlanStatus, denials, headline, status
from reconciler.model.printable import printable

NOT_WHOLE: Final = "Too large for a comment: read all of it, then let it through by its digest"
_LEVELS: Final[Mapping[Severity, Level]] = {
    Severity.ERROR: "failure",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}
_RISKS: Final[Mapping[PlanStatus, str]] = {
    "undecided": "",
    "denied": "",
    "empty": "",
    "high": "High risk: ",
    "medium": "Medium risk: ",
    "low": "",
}
_LONGEST_MESSAGE: Final = 2_000


def verdict(
    made: Plan,
    summary: str,
    annotations: tuple[Annotation, ...] = (),
    link: str = "",
    *,
    whole: bool = True,
) -> Verdict:
    """Return the verdict on a plan; `summary` is the plan in Markdown, which has all of it if it is `whole`.

    A plan that is not whole there fails until somebody lets it through by its digest.
    Of the annotations, the first are the most important ones; a forge may show fewer than there are.
    """
    conclusion, title = _judged(made)
    if conclusion != "failure" and not whole and not made.allowed:
        conclusion, title = "failure", NOT_WHOLE
    return Verdict(
        name=verdict_name(made.portal),
        digest=made.digest,
        conclusion=conclusion,
        title=title,
        summary=summary,
        link=link,
        annotations=annotations,
    )


def annotation(finding: Finding, file: str, line: int) -> Annotation:
    """Return what is shown of a finding at a line of a file, whose path is from the repository's root."""
    hint = f" ({finding.hint})" if finding.hint else ""
    message = printable(f"{finding.message}{hint}", keep="\n")[:_LONGEST_MESSAGE]
    return Annotation(file, line, _LEVELS[finding.severity], finding.rule, message)


def _judged(made: Plan) -> tuple[Conclusion, str]:
    denied = denials(made)
    if not made.complete:
        return "failure", "The portal was not read completely"
    if denied:
        return "failure", f"Denied by {denied:,} {'error' if denied == 1 else 'errors'}"
    if not made.changes:
        return "neutral", "No changes"
    changes = f"{len(made.changes):,} {'change' if len(made.changes) == 1 else 'changes'}"
    return "success", f"{_RISKS[status(made)]}{headline(made)} ({changes})"

"""What a plan is marked with on a forge: passed or not, a line about it, and findings beside their lines."""

from collections.abc import Mapping
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.forge import Annotation, Conclusion, Level, Verdict, verdict_name
from reconciler.model.plan import Plan
from reconciler.model.visible import visible

TOO_LARGE: Final = "Too large to review"
_LEVELS: Final[Mapping[Severity, Level]] = {
    Severity.ERROR: "failure",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}
_LONGEST_MESSAGE: Final = 2_000


def verdict(
    made: Plan,
    summary: str,
    annotations: tuple[Annotation, ...] = (),
    link: str = "",
    *,
    too_large: bool = False,
) -> Verdict:
    """Return the verdict on a plan; `summary` is the plan in Markdown, or says that it is `too_large`.

    Of the annotations, the first are the most important ones; a forge may show fewer than there are.
    """
    judged: tuple[Conclusion, str] = ("failure", TOO_LARGE) if too_large else _judged(made)
    conclusion, title = judged
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
    message = visible(f"{finding.message}{hint}", keep="\n")[:_LONGEST_MESSAGE]
    return Annotation(file, line, _LEVELS[finding.severity], finding.rule, message)


def _judged(made: Plan) -> tuple[Conclusion, str]:
    denied = sum(finding.severity is Severity.ERROR for finding in made.findings)
    if not made.complete:
        return "failure", "The portal was not read to its end"
    if denied:
        return "failure", f"Denied by {denied:,} {'error' if denied == 1 else 'errors'}"
    if not made.changes:
        return "neutral", "No changes"
    changes = f"{len(made.changes):,} {'change' if len(made.changes) == 1 else 'changes'}"
    gaining, losing = made.summary.people_gaining, made.summary.people_losing
    return "success", f"{changes}; gaining access: {gaining:,}, losing access: {losing:,}"

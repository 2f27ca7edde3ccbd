"""What a plan is marked with on a forge: passed or not, a line about it, and findings beside their lines."""

from collections.abc import Mapping
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.forge import Annotation, Conclusion, Level, Verdict, verdict_name
from reconciler.model.plan import Plan
from reconciler.model.visible import visible

LARGEST_SUMMARY: Final = 65_535
TOO_LARGE: Final = "Too large to review"
_LEVELS: Final[Mapping[Severity, Level]] = {
    Severity.ERROR: "failure",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}
_LONGEST_MESSAGE: Final = 2_000


def verdict(made: Plan, summary: str, link: str = "") -> Verdict:
    """Return the verdict on a plan; `summary` is the plan in Markdown."""
    conclusion, title = _judged(made)
    return _verdict(made, conclusion, title, summary, link)


def too_large(made: Plan, summary: str, link: str = "") -> Verdict:
    """Return the verdict on a plan that nobody can review."""
    return _verdict(made, "failure", TOO_LARGE, summary, link)


def _verdict(made: Plan, conclusion: Conclusion, title: str, summary: str, link: str) -> Verdict:
    return Verdict(
        name=verdict_name(made.portal),
        digest=made.digest,
        conclusion=conclusion,
        title=title,
        summary=summary,
        link=link,
        annotations=tuple(
            _annotation(each, each.file)
            for each in sorted(made.findings, key=lambda each: list(_LEVELS).index(each.severity))
            if each.file is not None
        ),
    )


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


def _annotation(finding: Finding, file: str) -> Annotation:
    hint = f" ({finding.hint})" if finding.hint else ""
    message = visible(f"{finding.message}{hint}", keep="\n")[:_LONGEST_MESSAGE]
    return Annotation(file, finding.line or 1, _LEVELS[finding.severity], finding.rule, message)

"""The check that shows a plan on a forge: its conclusion, a title, and findings at their lines."""

from collections.abc import Mapping
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.forge import Annotation, Conclusion, Level, Verdict, verdict_name
from reconciler.model.plan import Plan
from reconciler.model.plan_status import PlanStatus, denials, headline, status
from reconciler.model.printable import printable

TOO_LARGE: Final = "Too large for a comment: review the full plan, then allow its digest"
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
_MAX_MESSAGE: Final = 2_000


def verdict(
    made: Plan,
    summary: str,
    annotations: tuple[Annotation, ...] = (),
    link: str = "",
    *,
    whole: bool = True,
) -> Verdict:
    """Return the verdict on a plan; `summary` is the plan in Markdown, and `whole` if it has all of it.

    A plan whose summary is not whole fails until its digest is allowed. The most important annotations
    come first, because a forge may not show all.
    """
    conclusion, title = _conclusion(made)
    if conclusion != "failure" and not whole and not made.allowed:
        conclusion, title = "failure", TOO_LARGE
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
    """Return the annotation of a finding; the path of the file starts at the repository's root."""
    hint = f" ({finding.hint})" if finding.hint else ""
    message = printable(f"{finding.message}{hint}", keep="\n")[:_MAX_MESSAGE]
    return Annotation(file, line, _LEVELS[finding.severity], finding.rule, message)


def _conclusion(made: Plan) -> tuple[Conclusion, str]:
    """Return the conclusion and the title."""
    denied = denials(made)
    if not made.complete:
        return "failure", "The portal was not read completely"
    if denied:
        return "failure", f"Denied by {denied:,} {'error' if denied == 1 else 'errors'}"
    if not made.changes:
        return "neutral", "No changes"
    changes = f"{len(made.changes):,} {'change' if len(made.changes) == 1 else 'changes'}"
    return "success", f"{_RISKS[status(made)]}{headline(made)} ({changes})"

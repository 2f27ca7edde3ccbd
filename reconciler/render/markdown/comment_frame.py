"""The heading, counts and footer of comments about a plan."""

from typing import Final
from urllib.parse import quote

from reconciler.model.counting import counted
from reconciler.model.plan import FILES, Plan
from reconciler.model.plan_status import PlanStatus, headline, status
from reconciler.render.markdown.escaping import code
from reconciler.render.notices import FROM_FILES, INCOMPLETE, coverage, names_in_portal, selection

SIGNS: Final[dict[PlanStatus, str]] = {
    "undecided": "⚪",
    "denied": "⛔",
    "empty": "⚪",
    "high": "🔴",
    "medium": "🟡",
    "low": "🟢",
}


def marker(portal: str) -> str:
    """Return the first line of the comment for a portal, by which it is found again."""
    return f"<!-- reconciler plan {quote(portal, safe='')} -->"


def heading(plan: Plan) -> str:
    """Return a heading with the effect of a plan on people and a sign for the highest risk."""
    return f"### {SIGNS[status(plan)]} {headline(plan)}: {code(plan.portal)}"


def counts(plan: Plan) -> list[str]:
    """Return the number of changes by action, or nothing for a plan without changes."""
    summary = plan.summary
    if not plan.changes:
        return []
    adopted = f" · {summary.adopt:,} to adopt" if summary.adopt else ""
    line = (
        f"**{summary.create:,} to create · {summary.update:,} to update · {summary.delete:,} to delete**"
        f"{adopted}"
        f" · {counted(summary.people_gaining, 'person gains', 'people gain')} access"
        f" · {counted(summary.people_losing, 'person loses', 'people lose')} access"
    )
    return [line]


def notices(plan: Plan) -> list[list[str]]:
    """Return notices about the limits of the plan."""
    return [
        [FROM_FILES] if plan.portal_id == FILES else [],
        selection(plan),
        [] if plan.complete else [f"⛔ {INCOMPLETE}"],
        list(filter(None, [names_in_portal(plan, code)])),
    ]


def foot(plan: Plan) -> str:
    """Return a line that identifies the plan."""
    covered = coverage(plan, code)
    compared = f"; compared with the portal: {covered}" if covered else ""
    return f"<sub>Plan {code(plan.digest)}, created {plan.created} for {plan.today}{compared}</sub>"


def joined(parts: list[list[str]]) -> str:
    """Join the non-empty parts with empty lines."""
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"

"""What each comment about a plan begins and ends with."""

from typing import Final
from urllib.parse import quote

from reconciler.model.plan import FILES, Plan
from reconciler.model.plan_status import PlanStatus, headline, status
from reconciler.render.markdown.escaping import code
from reconciler.render.notices import FROM_FILES, INCOMPLETE
from reconciler.render.text.style import counted

SIGNS: Final[dict[PlanStatus, str]] = {
    "undecided": "⚪",
    "denied": "⛔",
    "empty": "⚪",
    "high": "🔴",
    "medium": "🟡",
    "low": "🟢",
}


def marker(portal: str) -> str:
    """Return the first line of what is said about a portal: so its comment is found again, and no other."""
    return f"<!-- reconciler plan {quote(portal, safe='')} -->"


def heading(made: Plan) -> str:
    """Return what a plan does to people, and a sign for the highest risk."""
    return f"### {SIGNS[status(made)]} {headline(made)}: {code(made.portal)}"


def counts(made: Plan) -> list[str]:
    """Return how many changes there are of which sort, or nothing where there are none."""
    summary = made.summary
    if not made.changes:
        return []
    adopted = f" · {summary.adopt:,} to adopt" if summary.adopt else ""
    said = (
        f"**{summary.create:,} to create · {summary.update:,} to change · {summary.delete:,} to delete**"
        f"{adopted}"
        f" · {counted(summary.people_gaining, 'person gains', 'people gain')} access"
        f" · {counted(summary.people_losing, 'person loses', 'people lose')} access"
    )
    return [said]


def notices(made: Plan) -> list[list[str]]:
    """Return what limits what the plan says."""
    return [
        [FROM_FILES] if made.portal_id == FILES else [],
        [] if made.complete else [f"⛔ {INCOMPLETE}"],
    ]


def foot(made: Plan) -> str:
    """Return which plan this is."""
    return f"<sub>Plan {code(made.digest)}, made {made.created} for {made.today}</sub>"


def joined(parts: list[list[str]]) -> str:
    """Return the parts that there are, each after an empty line."""
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"

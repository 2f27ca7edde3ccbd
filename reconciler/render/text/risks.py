"""The risks of a plan, one per line: rank, title, and a sentence."""

from typing import Final

from reconciler.model.plan import Plan
from reconciler.model.risk import Rank
from reconciler.render.risks import lines
from reconciler.render.text.style import Style, columns

_COLORS: Final[dict[Rank, str]] = {"high": "red", "medium": "yellow", "low": "green"}


def risks(plan: Plan, style: Style) -> list[str]:
    """Return one line per risk, the highest first."""
    risk_lines = lines(plan)
    drawn = columns((line.rank, f"{line.title}: {line.message}") for line in risk_lines)
    painted = [
        f"  {style.paint(line.rank, _COLORS[line.rank])}{row[len(line.rank) :]}"
        for line, row in zip(risk_lines, drawn, strict=True)
    ]
    return [style.paint("Risks", "bold"), *painted] if painted else []

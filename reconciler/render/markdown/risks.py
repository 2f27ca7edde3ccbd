"""The risks of a plan as a list in a comment."""

from typing import Final

from reconciler.model.plan import Plan
from reconciler.model.risk import Rank
from reconciler.render.markdown.escaping import sentence
from reconciler.render.risks import Line, lines, title

_SIGNS: Final[dict[Rank, str]] = {"high": "🔴", "medium": "🟡", "low": "🟢"}


def risks(plan: Plan) -> list[str]:
    """Return one line per risk, the highest first; long lists are summarized."""
    return list(map(_line, lines(plan)))


def all_risks(plan: Plan) -> list[str]:
    """Return one line per risk, the highest first, without a limit."""
    return [_line(Line(risk.rank, title(risk.rule), risk.message)) for risk in plan.risks]


def _line(line: Line) -> str:
    return f"- {_SIGNS[line.rank]} **{sentence(line.title)}**: {sentence(line.message)}"

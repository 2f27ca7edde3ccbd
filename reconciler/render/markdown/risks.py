"""What a reviewer has to look at, as lines of a comment."""

from typing import Final

from reconciler.model.plan import Plan
from reconciler.model.risk import Rank
from reconciler.render.markdown.escaping import sentence
from reconciler.render.risks import Line, lines, title

_SIGNS: Final[dict[Rank, str]] = {"high": "🔴", "medium": "🟡", "low": "🟢"}


def risks(made: Plan) -> list[str]:
    """Return a line for each risk, the highest first; what is folded is counted."""
    return list(map(_line, lines(made)))


def all_risks(made: Plan) -> list[str]:
    """Return a line for each risk, the highest first."""
    return [_line(Line(risk.rank, title(risk.rule), risk.message)) for risk in made.risks]


def _line(line: Line) -> str:
    return f"- {_SIGNS[line.rank]} **{sentence(line.title)}**: {sentence(line.message)}"

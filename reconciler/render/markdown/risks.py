"""What a reviewer has to look at, as lines of a comment."""

from typing import Final

from reconciler.model.plan import Plan
from reconciler.model.risk import Rank
from reconciler.render.markdown.escaping import sentence
from reconciler.render.risks import lines

SIGNS: Final[dict[Rank, str]] = {"high": "🔴", "medium": "🟡", "low": "🟢"}


def risks(made: Plan) -> list[str]:
    """Return a line for each risk, the highest first."""
    return [
        f"- {SIGNS[line.rank]} **{sentence(line.title)}**: {sentence(line.message)}" for line in lines(made)
    ]

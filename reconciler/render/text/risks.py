"""What a reviewer has to look at, as lines: the rank, the kind of risk, and a sentence."""

from typing import Final

from reconciler.model.plan import Plan
from reconciler.model.risk import Rank
from reconciler.render.risks import lines
from reconciler.render.text.style import Style, columns

_COLORS: Final[dict[Rank, str]] = {"high": "red", "medium": "yellow", "low": "green"}


def risks(made: Plan, style: Style) -> list[str]:
    """Return a line for each risk, the highest first, or nothing."""
    found = lines(made)
    drawn = columns((line.rank, f"{line.title}: {line.message}") for line in found)
    painted = [
        f"  {style.paint(line.rank, _COLORS[line.rank])}{row[len(line.rank) :]}"
        for line, row in zip(found, drawn, strict=True)
    ]
    return [style.paint("Look at twice", "bold"), *painted] if painted else []

"""The risks of a plan as a list."""

from itertools import groupby
from typing import Final

from reconciler.model.plan import Plan
from reconciler.model.risk import Rank
from reconciler.render.html.markup import Markup, joined, tag, text
from reconciler.render.risks import Line, lines

_RANKS: Final[dict[Rank, str]] = {"high": "High risk", "medium": "Medium risk", "low": "Low risk"}


def risks(plan: Plan) -> Markup:
    """Return a list of the risks of each rank, the highest first, or nothing."""
    listed = [
        _listed(rank, list(risk_lines))
        for rank, risk_lines in groupby(lines(plan), key=lambda line: line.rank)
    ]
    return tag("dl", *listed, class_="named") if listed else Markup()


def _listed(rank: Rank, risk_lines: list[Line]) -> Markup:
    shown = [tag("li", f"{line.title}: ", sentence(line.message)) for line in risk_lines]
    return joined([tag("dt", _RANKS[rank]), tag("dd", tag("ul", *shown))])


def sentence(message: str) -> Markup:
    """Return a sentence with the names in backticks as code elements that can wrap after slashes."""
    return joined(
        tag("code", Markup(text(part).replace("/", "/<wbr>"))) if number % 2 else part
        for number, part in enumerate(message.split("`"))
    )

"""What is wrong with a request, for those who asked: in code spans nothing that they wrote comes alive."""

from collections.abc import Mapping, Sequence
from typing import Final

from reconciler.model.partner_request import Field, Problem
from reconciler.render.markdown.escaping import code

# A forge takes no comment of any length, and nobody reads more.
_MOST: Final = 50


def problems(found: Sequence[Problem], labels: Mapping[Field, str]) -> str:
    """Return a list of the problems, each with the question that it is about; of very many the first."""
    lines = [_line(problem, labels) for problem in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(f"and {len(found) - _MOST:,} more")
    return "".join(f"- {line}\n" for line in lines)


def _line(problem: Problem, labels: Mapping[Field, str]) -> str:
    label = f"**{labels[problem.field]}:** " if problem.field else ""
    hint = f"  \n  {code(problem.hint)}" if problem.hint else ""
    return f"{label}{code(problem.message)}{hint}"

"""What is wrong with a request, for those who asked: in code spans nothing that they wrote comes alive."""

from collections.abc import Mapping, Sequence

from reconciler.model.request import Field, Problem
from reconciler.render.markdown.escaping import code


def problems(found: Sequence[Problem], labels: Mapping[Field, str]) -> str:
    """Return a list of the problems, each below the question that it is about."""
    return "".join(f"- {_line(problem, labels)}\n" for problem in found)


def _line(problem: Problem, labels: Mapping[Field, str]) -> str:
    label = f"**{labels[problem.field]}:** " if problem.field else ""
    hint = f"  \n  {code(problem.hint)}" if problem.hint else ""
    return f"{label}{code(problem.message)}{hint}"

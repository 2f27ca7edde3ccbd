"""The problems of a partner request, for its author; user input is escaped in code spans."""

from collections.abc import Mapping, Sequence
from typing import Final

from reconciler.model.partner_request import Field, Problem
from reconciler.render.markdown.escaping import code

# Comments have a limited length.
_MOST: Final = 50


def problems(found: Sequence[Problem], labels: Mapping[Field, str]) -> str:
    """Return a list of at most 50 problems, each with the label of its field."""
    lines = [_line(problem, labels) for problem in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(f"and {len(found) - _MOST:,} more")
    return "".join(f"- {line}\n" for line in lines)


def _line(problem: Problem, labels: Mapping[Field, str]) -> str:
    label = f"**{labels[problem.field]}:** " if problem.field else ""
    hint = f"  \n  {code(problem.hint)}" if problem.hint else ""
    return f"{label}{code(problem.message)}{hint}"

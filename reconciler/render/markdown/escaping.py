"""Text from files and portals in Markdown: in code spans and fences that nothing gets out of."""

import re
from typing import Final

from reconciler.model.visible import visible

_RUNS: Final = re.compile("`+")


def code(text: str) -> str:
    """Return text in a code span, in which no cell ends, and no link, mention or markup begins."""
    plain = visible(text).replace("|", "\\|") or " "
    fence = "`" * (1 + _longest_run(plain))
    space = " " if "`" in plain else ""
    return f"{fence}{space}{plain}{space}{fence}"


def fenced(lines: list[str], language: str) -> list[str]:
    """Return lines in a fence that is longer than any within."""
    fence = "`" * max(3, 1 + _longest_run("\n".join(lines)))
    return [f"{fence}{language}", *lines, fence]


def row(cells: list[str]) -> str:
    """Return a row of a table; what is in the cells was escaped before."""
    return f"| {' | '.join(cells)} |"


def table(head: list[str], body: list[list[str]]) -> list[str]:
    """Return a table."""
    return [row(head), row(["---"] * len(head)), *map(row, body)]


def _longest_run(text: str) -> int:
    return max((len(run) for run in _RUNS.findall(text)), default=0)

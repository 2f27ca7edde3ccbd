"""Text from files and portals in Markdown: in code spans and fences that nothing gets out of."""

import re
from typing import Final

from reconciler.model.printable import printable

# How much a comment may hold, at GitHub; other forges take more.
LARGEST: Final = 60_000
_RUNS: Final = re.compile("`+")
# No markup, mention, reference or link begins in words, numbers and marks that are followed by a space.
_WORDS: Final = re.compile(
    r"(?: |\(|\)(?=[ ,;.]|$)|[,;:.](?= |$)"
    r"|(?<![A-Za-z0-9])(?:[A-Za-z]+(?:[-'][a-z]+)*|[0-9]{1,3}(?:,[0-9]{3})*)(?![A-Za-z0-9]))*"
)


def code(text: str) -> str:
    """Return text in a code span, in which no link, mention or markup begins."""
    plain = printable(text) or " "
    fence = "`" * (1 + _longest_run(plain))
    space = " " if "`" in plain else ""
    return f"{fence}{space}{plain}{space}{fence}"


def sentence(text: str) -> str:
    """Return a sentence whose names are in backticks; whatever is more than plain words is a code span."""
    parts = text.split("`")
    return "".join(
        code(part) if number % 2 or not _WORDS.fullmatch(part) else part for number, part in enumerate(parts)
    )


def codes(texts: "list[str] | tuple[str, ...]", most: int | None = None) -> str:
    """Return texts in code spans in a row; beyond `most` only how many more there are."""
    if most is None or len(texts) <= most:
        return ", ".join(map(code, texts))
    return f"{', '.join(map(code, texts[:most]))} and {len(texts) - most:,} more"


def fenced(lines: list[str], language: str) -> list[str]:
    """Return lines in a fence that is longer than any within."""
    fence = "`" * max(3, 1 + _longest_run("\n".join(lines)))
    return [f"{fence}{language}", *lines, fence]


def row(cells: list[str]) -> str:
    """Return a row of a table, whose cells end nowhere but at their ends, not even within a code span."""
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def table(head: list[str], body: list[list[str]]) -> list[str]:
    """Return a table."""
    return [row(head), row(["---"] * len(head)), *map(row, body)]


def folded(title: str, body: list[str]) -> list[str]:
    """Return what is shown when its title is asked for; the title is ours."""
    return [f"<details><summary>{title}</summary>", "", *body, "", "</details>"]


def _longest_run(text: str) -> int:
    return max((len(run) for run in _RUNS.findall(text)), default=0)

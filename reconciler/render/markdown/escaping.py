"""Escape text from files and portals in Markdown with code spans and fences."""

import re
from collections.abc import Sequence
from typing import Final

from reconciler.model.printable import printable

# The maximum length of a comment on GitHub; other forges accept more.
MAX_LENGTH: Final = 60_000
_RUNS: Final = re.compile("`+")
# Words, numbers, and punctuation before a space cannot start markup, a mention, a reference or a link.
_WORDS: Final = re.compile(
    r"(?: |\(|\)(?=[ ,;.]|$)|[,;:.](?= |$)"
    r"|(?<![A-Za-z0-9])(?:[A-Za-z]+(?:[-'][a-z]+)*|[0-9]{1,3}(?:,[0-9]{3})*)(?![A-Za-z0-9]))*"
)


def code(text: str) -> str:
    """Return text in a code span, which disables links, mentions and markup."""
    plain = printable(text) or " "
    fence = "`" * (1 + _longest_run(plain))
    space = " " if "`" in plain else ""
    return f"{fence}{space}{plain}{space}{fence}"


def sentence(text: str) -> str:
    """Escape a sentence whose names are in backticks; everything except plain words becomes a code span."""
    parts = text.split("`")
    return "".join(
        code(part) if number % 2 or not _WORDS.fullmatch(part) else part for number, part in enumerate(parts)
    )


def codes(texts: Sequence[str], most: int | None = None) -> str:
    """Return texts in code spans, separated by commas; those beyond `most` are counted."""
    if most is None or len(texts) <= most:
        return ", ".join(map(code, texts))
    return f"{', '.join(map(code, texts[:most]))} and {len(texts) - most:,} more"


def fenced(lines: list[str], language: str) -> list[str]:
    """Return lines in a fence that is longer than any fence within them."""
    fence = "`" * max(3, 1 + _longest_run("\n".join(lines)))
    return [f"{fence}{language}", *lines, fence]


def row(cells: list[str]) -> str:
    """Return a row of a table, with `|` in cells escaped, also in code spans."""
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def table(head: list[str], body: list[list[str]]) -> list[str]:
    """Return a table."""
    return [row(head), row(["---"] * len(head)), *map(row, body)]


def folded(title: str, body: list[str]) -> list[str]:
    """Return a collapsed section; the title is not escaped."""
    return [f"<details><summary>{title}</summary>", "", *body, "", "</details>"]


def _longest_run(text: str) -> int:
    return max((len(run) for run in _RUNS.findall(text)), default=0)

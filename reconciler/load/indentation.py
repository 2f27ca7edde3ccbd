"""Say in words for people what libyaml reports about lines whose indentation does not fit."""

import re
from collections.abc import Sequence
from typing import Final

import yaml

from reconciler.model.counting import counted

_HINT: Final = "indent it like the lines that it belongs to"
_MORE_HINT: Final = "indent it like the keys beside it, or quote the text if it continues the line above"
_KEY: Final = re.compile(r"""(?:- +)*+(?:"[^"]*+"|'[^']*+'|[^\s"'#{\[][^:#]*+)""")


def misplaced_line(error: yaml.MarkedYAMLError, lines: Sequence[bytes]) -> tuple[str, str] | None:
    """Return message and hint about a line that is indented wrongly, or is not of the kind of those above it.

    Return None for any other error.
    """
    mark = error.problem_mark
    if mark is None or mark.line >= len(lines):
        return None
    text = lines[mark.line].decode(errors="replace")
    above = _above(lines, mark.line)
    if not above:
        return None
    if error.problem == "mapping values are not allowed in this context":
        return _deeper(text, mark.column, *above[-1])
    starts = error.problem in _AT_THE_START and mark.column == _indent(text)
    return _unlike(text, error.problem, [each for _, each in above]) if starts else None


def _deeper(text: str, colon: int, number: int, before: str) -> tuple[str, str] | None:
    """Return the problem of a key that is indented more than the line before it, which has a value."""
    own = _indent(text)
    if _KEY.fullmatch(text[own:colon]) is None or _indent(before) >= own:
        return None
    return f"this line is indented more than line {number}, which already has a value", _MORE_HINT


def _unlike(text: str, problem: str | None, above: Sequence[str]) -> tuple[str, str] | None:
    """Return the problem of a line with an indentation of its own, or of another kind than those above it."""
    own = _indent(text)
    if own in {column for each in above for column in _columns(each)}:
        return _OTHER_KIND.get((problem or "", text[own : own + 1] == "-"))
    by = f"indented by {counted(own, 'space')}" if own else "not indented"
    return f"this line is {by}, unlike any line above it", _HINT


_AT_THE_START: Final = (
    "did not find expected key",
    "did not find expected '-' indicator",
    "did not find expected <document start>",
)
# By the problem, and whether the line begins with a dash.
_OTHER_KIND: Final = {
    ("did not find expected key", True): (
        "this line begins with a dash, but the lines at its level above it are keys",
        "indent it below the key of its list, or remove the dash",
    ),
    ("did not find expected '-' indicator", False): (
        "this line begins without a dash, but the lines at its level above it are entries of a list",
        "add a dash, or indent it like the key that it belongs beside",
    ),
}


def _above(lines: Sequence[bytes], row: int) -> list[tuple[int, str]]:
    """Return the lines with content above a row, with their numbers."""
    numbered = enumerate((line.decode(errors="replace") for line in lines[:row]), 1)
    return [(number, text) for number, text in numbered if text.strip() and text.lstrip()[0] != "#"]


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _columns(text: str) -> list[int]:
    """Return where keys can begin in a line: after its indentation, and after each dash."""
    dashes = re.match(r" *+(?:- +)*+", text)
    first = _indent(text)
    return [first, dashes.end() if dashes else first]

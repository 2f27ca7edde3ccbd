"""Counts in messages: the noun and the verb fit the number."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.model.counting import counted, people

ROOT = Path(__file__).parents[2] / "reconciler"
# A number that is shown with separators, and the word after it.
_COUNT = re.compile(r"^ ([A-Za-z]+s|people|are|were|have|lose|gain)\b")
# Limits and other numbers that are never 1, and words that fit every number.
_LARGE = re.compile(
    r"^(self\.(_limits\.|paths$|of_people$|_most$)|limit\.longest$|MAX_|_MOST_|sarif\.MAX_|most$|len\((name|text)\)$)"
)


@pytest.mark.parametrize(("number", "text"), [(0, "0 people"), (1, "1 person"), (2_000, "2,000 people")])
def test_a_number_has_the_noun_that_fits_it(number: int, text: str) -> None:
    assert (people(number), counted(number, "change")) == (
        text,
        text.replace("people", "changes").replace("person", "change"),
    )


@pytest.mark.no_cover  # it runs the same lines again and again
def test_no_message_has_a_plural_after_a_number_that_can_be_1() -> None:
    assert [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in sorted(ROOT.rglob("*.py"))
        for line, text in plurals(ast.parse(path.read_text("utf-8")))
    ] == []


def plurals(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each number in a formatted text that a fixed plural follows."""
    for node in (each for each in ast.walk(module) if isinstance(each, ast.JoinedStr)):
        for number, after in pairs(node):
            value = ast.unparse(number.value)
            spec = ast.unparse(number.format_spec) if number.format_spec else ""
            is_count = "," in spec or value.startswith("len(")
            if is_count and not _LARGE.match(value) and _COUNT.match(after):
                yield node.lineno, f"{value}{after}"


def pairs(text: ast.JoinedStr) -> Iterator[tuple[ast.FormattedValue, str]]:
    for value, after in zip(text.values, text.values[1:], strict=False):
        if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
            yield value, str(after.value)

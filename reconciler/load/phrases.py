"""How sentences name paths and values."""

import difflib
from collections.abc import Sequence
from typing import Any, Final

from reconciler.model.source_map import Path

_LONGEST: Final = 60


def called(path: Path) -> str:
    """Return how people call the value at a path: `spec.teams[0].name`."""
    if not path:
        return "the document"
    return "".join(map(_step, path)).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if step else '.""'


def listed(words: Sequence[str], conjunction: str) -> str:
    """Return the words as people list them: `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} {conjunction} {last}" if most else last


def nearest(given: str, known: Sequence[str]) -> str:
    """Return a question after the nearest of the known names, if one is near."""
    found = close(given, known)
    return f'did you mean "{found[0]}"?' if found else ""


def close(given: str, known: Sequence[str]) -> list[str]:
    """Return the nearest of the known names, or nothing where none is near."""
    return difflib.get_close_matches(given, known, n=1, cutoff=0.6)


def near(given: str, known: Sequence[str]) -> str:
    """Return a question after the nearest name, or all that are known."""
    return nearest(given, known) or (f"known: {', '.join(known)}" if known else "")


def shown(value: Any) -> str:
    """Return a value as it stands in a sentence: text quoted, shortened and in one line."""
    if not isinstance(value, str):
        return sort_of(value)
    short = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    return f'"{"".join(_visible(each) for each in short)}"'


def _visible(character: str) -> str:
    """Return a character, or how Python and YAML escape it where it would not be seen."""
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def plain(value: object) -> str:
    """Return a scalar as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def sort_of(value: Any) -> str:
    """Return what sort of value it is: `the number 7`, `a list`, `text`, `empty`."""
    if isinstance(value, bool):
        return f"the boolean {plain(value)}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list"
    return "a mapping" if isinstance(value, dict) else "empty"

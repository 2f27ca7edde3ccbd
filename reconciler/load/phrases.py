"""Format paths, values and suggestions for messages."""

import difflib
from collections.abc import Sequence
from typing import Any, Final

from reconciler.model.source_map import Path

_MAX_LENGTH: Final = 60


def value_path(path: Path) -> str:
    """Return the path of a value as messages show it: `spec.teams[0].name`."""
    if not path:
        return "the document"
    return "".join(map(_step, path)).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if step else '.""'


def join_words(words: Sequence[str], conjunction: str) -> str:
    """Join words into a list such as `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} {conjunction} {last}" if most else last


def did_you_mean(given: str, known: Sequence[str]) -> str:
    """Return the question whether the closest known name was meant, or nothing if none is close."""
    found = close_matches(given, known)
    return f'did you mean "{found[0]}"?' if found else ""


def close_matches(given: str, known: Sequence[str]) -> list[str]:
    """Return the closest known name, or nothing if none is close."""
    return difflib.get_close_matches(given, known, n=1, cutoff=0.6)


def suggest(given: str, known: Sequence[str]) -> str:
    """Return the question whether the closest known name was meant, or else a list of all known names."""
    return did_you_mean(given, known) or (f"known: {', '.join(known)}" if known else "")


def quote(value: Any) -> str:
    """Return a value as messages show it: text is quoted, shortened and on one line."""
    if not isinstance(value, str):
        return describe_type(value)
    short = value if len(value) <= _MAX_LENGTH else f"{value[:_MAX_LENGTH]}…"
    return f'"{"".join(_escape_unprintable(each) for each in short)}"'


def _escape_unprintable(character: str) -> str:
    """Return a character, escaped as in Python and YAML if it is not printable."""
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def yaml_scalar(value: object) -> str:
    """Return a scalar as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def describe_type(value: Any) -> str:
    """Return the type of a value for messages: `the number 7`, `a list`, `text`, `empty`."""
    if isinstance(value, bool):
        return f"the boolean {yaml_scalar(value)}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list"
    return "a mapping" if isinstance(value, dict) else "empty"

"""Reconstruct the paths of jsonschema-rs errors, which omit empty keys and treat numeric keys as indexes."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from reconciler.model.source_map import Path

_INDEX: Final = re.compile(r"\+?[0-9]+")


def resolve_path(data: Any, reported: Sequence[str | int], value: Any) -> Path:
    """Return the path in `data` that a reported path to this value refers to; the first if ambiguous."""
    resolved = list(_resolve_paths(data, reported))
    return next((path for path, found in resolved if found == value), resolved[0][0])


def _resolve_paths(here: Any, reported: Sequence[str | int]) -> Iterator[tuple[Path, Any]]:
    """Yield every path that may be reported like this, and the value at its end."""
    if not reported:
        yield (), here
    for step, rest in _steps(here, reported):
        for path, value in _resolve_paths(here[step], rest):
            yield (step, *path), value


def _steps(here: Any, reported: Sequence[str | int]) -> Iterator[tuple[str | int, Sequence[str | int]]]:
    """Yield each possible next step with the rest of the reported path."""
    if isinstance(here, dict):
        for key in here:
            if reported and _matches(key, reported[0]):
                yield key, reported[1:]
        if "" in here:
            yield "", reported
    elif reported and isinstance(here, list) and reported[0] in range(len(here)):
        yield reported[0], reported[1:]


def _matches(key: str, step: str | int) -> bool:
    if isinstance(step, int) and _INDEX.fullmatch(key):
        # int() would reject thousands of digits.
        return (key.removeprefix("+").lstrip("0") or "0") == str(step)
    return key == step

"""Where an error of jsonschema-rs stands: it leaves out empty keys, and takes keys of digits for indexes."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from reconciler.model.source_map import Path

_INDEX: Final = re.compile(r"\+?[0-9]+")


def route(data: Any, told: Sequence[str | int], value: Any) -> Path:
    """Return the path in `data` that a told path to this value means; the first where several may be."""
    routes = list(_routes(data, told))
    return next((path for path, found in routes if found == value), routes[0][0])


def _routes(here: Any, told: Sequence[str | int]) -> Iterator[tuple[Path, Any]]:
    """Yield every path that may be told so, and the value at its end."""
    if not told:
        yield (), here
    for step, rest in _steps(here, told):
        for path, value in _routes(here[step], rest):
            yield (step, *path), value


def _steps(here: Any, told: Sequence[str | int]) -> Iterator[tuple[str | int, Sequence[str | int]]]:
    """Yield the next steps that may be meant, each with what is told after it."""
    if isinstance(here, dict):
        for key in here:
            if told and _is_told(key, told[0]):
                yield key, told[1:]
        if "" in here:
            yield "", told
    elif told and isinstance(here, list) and told[0] in range(len(here)):
        yield told[0], told[1:]


def _is_told(key: str, step: str | int) -> bool:
    if isinstance(step, int) and _INDEX.fullmatch(key):
        # Not by int(), which refuses thousands of digits.
        return (key.removeprefix("+").lstrip("0") or "0") == str(step)
    return key == step

"""The columns of an account that is a JSON object: paths of keys, and values as text."""

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from reconciler.model.printable import printable

# What a path leads to that an object does not have.
ABSENT: Final = object()
_LEVELS: Final = 5


def value_at(found: Any, path: str) -> Any:
    """Return the value of a key, or of keys that are separated by dots; ABSENT if there is none.

    A key may itself have dots, such as `@odata.nextLink`.
    """
    if not isinstance(found, Mapping):
        return ABSENT
    if path in found:
        return found[path]
    key, dot, rest = path.partition(".")
    while dot:
        if key in found:
            below = value_at(found[key], rest)
            if below is not ABSENT:
                return below
        following, dot, rest = rest.partition(".")
        key = f"{key}.{following}"
    return ABSENT


def text(value: Any) -> str:
    """Return a JSON value as text: nothing for null, and the items of a list separated by commas."""
    if isinstance(value, list):
        return ", ".join(map(_item, value))
    return _item(value)


def keys_of(found: Mapping[str, Any], above: str = "", levels: int = _LEVELS) -> Iterable[str]:
    """Yield the paths of keys that lead to values of an object, down to a few levels."""
    for key, value in found.items():
        if isinstance(value, dict) and levels:
            yield from keys_of(value, f"{above}{key}.", levels - 1)
        else:
            yield f"{above}{key}"


def missing_key(name: str, column: str, keys: Sequence[str]) -> str:
    """Return the message for a column that no object has; `keys` are those that they have."""
    near = get_close_matches(column, keys, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"the keys are {', '.join(keys)}"
    return printable(f'{name}: no object has the key "{column}"; {hint}')


def _item(value: Any) -> str:
    if value is None or value is ABSENT:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, dict | list):
        return str(value).strip()
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "(nested too deeply)"

"""Format field values, and the difference between two of them."""

from typing import Any, Final, NamedTuple

from reconciler.model.printable import printable
from reconciler.model.rule import DEFAULTS

REORDERED: Final = "reordered"
_RULES: Final = "rules."


class ListDifference(NamedTuple):
    """The formatted items that were removed from a list and added to it."""

    removed: tuple[str, ...]
    added: tuple[str, ...]


def value(raw: Any, path: str = "") -> str:
    """Format a value on one line; for a missing value, the effective default of the field at `path`."""
    if raw is None:
        return _absent(path)
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, list):
        return f"[{', '.join(map(value, raw))}]"
    if isinstance(raw, dict):
        return f"{{{', '.join(f'{printable(str(name))}: {value(each)}' for name, each in raw.items())}}}"
    text = str(raw)
    return printable(_quoted(text) if not text or {" ", '"'} & set(text) else text)


def list_difference(before: Any, after: Any) -> ListDifference | None:
    """Return the removed and added items, or None unless the values are lists or None (an empty list)."""
    lists = [side for side in (before, after) if side is not None]
    if not lists or not all(isinstance(side, list) for side in lists):
        return None
    had, has = (dict.fromkeys(map(value, side or [])) for side in (before, after))
    return ListDifference(
        tuple(each for each in had if each not in has), tuple(each for each in has if each not in had)
    )


def difference(before: Any, after: Any, path: str = "") -> str:
    """Format the old and new value on one line; for lists, only the removed and added items."""
    changed = list_difference(before, after)
    if changed is None:
        return f"{value(before, path)} → {value(after, path)}"
    signed = [*(f"- {each}" for each in changed.removed), *(f"+ {each}" for each in changed.added)]
    return ", ".join(signed) or REORDERED


def _absent(path: str) -> str:
    if path == "until":
        return "no end date"
    if path.startswith(_RULES):
        default = DEFAULTS.get(path.removeprefix(_RULES))
        return f"default ({default.value})" if default else "default"
    return "not set"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

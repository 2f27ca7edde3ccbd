"""Values of fields as people write them, and what comes and goes between two of them."""

from typing import Any, Final, NamedTuple

from reconciler.model.printable import printable
from reconciler.model.rule import DEFAULTS

REORDERED: Final = "in another order"
_RULES: Final = "rules."


class Moves(NamedTuple):
    """What a list no longer holds, and what it holds now, each as it is said."""

    gone: tuple[str, ...]
    come: tuple[str, ...]


def value(given: Any, path: str = "") -> str:
    """Return a value in one line; in the place of none, what counts then as far as `path` tells."""
    if given is None:
        return _absent(path)
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, list):
        return f"[{', '.join(map(value, given))}]"
    if isinstance(given, dict):
        return f"{{{', '.join(f'{printable(str(name))}: {value(each)}' for name, each in given.items())}}}"
    text = str(given)
    return printable(_quoted(text) if not text or {" ", '"'} & set(text) else text)


def moves(before: Any, after: Any) -> Moves | None:
    """Return what goes and what comes, or None where it is not between lists; None is an empty one."""
    lists = [side for side in (before, after) if side is not None]
    if not lists or not all(isinstance(side, list) for side in lists):
        return None
    had, has = (dict.fromkeys(map(value, side or [])) for side in (before, after))
    return Moves(
        tuple(each for each in had if each not in has), tuple(each for each in has if each not in had)
    )


def difference(before: Any, after: Any, path: str = "") -> str:
    """Return in one line from what to what a value changes; of a list only what goes and what comes."""
    moved = moves(before, after)
    if moved is None:
        return f"{value(before, path)} → {value(after, path)}"
    signed = [*(f"- {each}" for each in moved.gone), *(f"+ {each}" for each in moved.come)]
    return ", ".join(signed) or REORDERED


def _absent(path: str) -> str:
    if path == "until":
        return "no end"
    if path.startswith(_RULES):
        default = DEFAULTS.get(path.removeprefix(_RULES))
        return f"default ({default.value})" if default else "default"
    return "none"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""The part of a change by which nobody gains anything: a deletion, or lower values of single fields."""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

import msgspec

from reconciler.diff.fields import field_changes
from reconciler.model.access import LEVELS
from reconciler.model.document import Visibility
from reconciler.model.plan import Change

_VISIBILITIES: Final = get_args(Visibility)


def lowered(change: Change) -> Change | None:
    """Return the part of a change by which nobody gains anything, or None if there is none.

    All other fields keep the values that they have in the portal.
    """
    if change.action == "delete":
        return change
    if change.action != "update" or change.renamed_from is not None:
        return None
    before, after = change.before or {}, change.after or {}
    lower = {
        name: value
        for name, lower_of in _LOWER.items()
        if (name in before or name in after)
        and (value := lower_of(before.get(name), after.get(name))) is not None
    }
    part = {**before, **lower}
    if part == before:
        return None
    return msgspec.structs.replace(change, after=part, fields=field_changes(before, part))


def _blocked(before: list[str] | None, after: list[str] | None) -> list[str]:
    return sorted({*(before or ()), *(after or ())})


def _delegated(before: bool | None, after: bool | None) -> bool | None:  # noqa: FBT001  a field's values
    return False if after is False else before


def _until(before: str | None, after: str | None) -> str | None:
    return min(filter(None, (before, after)), default=None)


def _towards(value: str) -> Callable[[str | None, str | None], str | None]:
    return lambda before, after: value if after == value else before


def _lowest(order: Callable[[str], int]) -> Callable[[str | None, str | None], str | None]:
    return lambda before, after: min(before, after, key=order) if before and after else before


# Fields that are not here say nothing about what people can do.
_LOWER: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "status": _towards("suspended"),
    "blocked": _blocked,
    "delegated": _delegated,
    "role": _towards("member"),
    "until": _until,
    "level": _lowest(LEVELS.__getitem__),
    "visibility": _lowest(lambda visibility: -_VISIBILITIES.index(visibility)),
}

"""The field changes between two versions of a resource."""

from typing import Any

from reconciler.model.plan import FieldChange
from reconciler.model.resource import Fields


def field_changes(before: Fields | None, after: Fields | None) -> tuple[FieldChange, ...]:
    """Return the fields whose values differ, by name; a missing value is None."""
    old, new = before or {}, after or {}
    return tuple(FieldChange(name, old.get(name), new.get(name)) for name in _differing(old, new))


def _differing(old: Fields, new: Fields) -> list[str]:
    if not old or not new:
        return sorted({**old, **new})
    from deepdiff import DeepDiff  # noqa: PLC0415  slow import that plans without updates do not need

    differences: Any = DeepDiff(old, new, threshold_to_diff_deeper=0)
    return sorted(differences.affected_root_keys)

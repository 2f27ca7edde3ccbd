"""Detect probable renames: a deleted object, and a similar new one of the same kind."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any, Final

from reconciler.model.ids import kind_of, last_name, name_of
from reconciler.model.kinds import kind_row, parents
from reconciler.model.plan import Change
from reconciler.model.portal_names import is_shadow
from reconciler.model.resource import ResourceId

# A trait that many objects share does not identify one of them.
_COMMON: Final = 20
_ALIKE: Final = 0.75
_NAME_COUNTS: Final = 0.5
_SIMILAR_NAME: Final = 0.6
_DISPLAY_NAME: Final = "displayName"

Traits = frozenset[tuple[str, Any]]


def rename_hint(old: ResourceId, new: ResourceId) -> str:
    """Return a hint how to declare that `old` was renamed to `new`."""
    same_parent = old.rpartition("/")[0] == new.rpartition("/")[0]
    former = last_name(old) if same_parent else name_of(old)
    return f"if it was renamed, add `previously: {former}` to {name_of(new)} to keep its people and grants"


def likely_renames(changes: Iterable[Change]) -> dict[ResourceId, ResourceId]:
    """Return the created object that each deleted one was probably renamed to, by id."""
    changes = list(changes)
    created = _traits(changes, "create")
    # An object that has another one's name in the portal is not renamed by the files.
    deleted = {each: traits for each, traits in _traits(changes, "delete").items() if not is_shadow(each)}
    if not deleted or not created:
        return {}
    having: defaultdict[tuple[str, Any], list[ResourceId]] = defaultdict(list)
    for each, traits in created.items():
        for trait in traits:
            having[trait].append(each)
    found: dict[ResourceId, ResourceId] = {}
    for old, traits in deleted.items():
        near = {new for trait in traits if len(having[trait]) <= _COMMON for new in having[trait]}
        scored = [(_likeness(old, new, traits, created[new]), new) for new in near]
        best = max(scored, default=(0.0, ""))
        if best[0] >= _ALIKE:
            found[old] = best[1]
    return found


def _traits(changes: list[Change], action: str) -> dict[ResourceId, Traits]:
    """Return the traits (parts and fields) that identify each deleted or created object."""
    found: dict[ResourceId, set[tuple[str, Any]]] = {
        change.id: set(_own(change, action))
        for change in changes
        if change.action == action and change.because is None and kind_row(change.kind).renameable
    }
    for change in changes if found else ():
        if change.action == action:
            for parent in parents(change.id):
                if parent in found and (trait := _part(change, parent, action)):
                    found[parent].add(trait)
    return {each: frozenset(traits) for each, traits in found.items()}


def _own(change: Change, action: str) -> Iterator[tuple[str, Any]]:
    fields = (change.before if action == "delete" else change.after) or {}
    yield _DISPLAY_NAME, fields.get("displayName")
    for domain in fields.get("domains", ()):
        yield "domain", domain
    if fields.get("agreement"):
        yield "agreement", fields["agreement"]


def _part(change: Change, parent: ResourceId, action: str) -> tuple[str, Any] | None:
    """Return the trait that a child gives its parent: an admin, a group or an API, but not a member."""
    fields = (change.before if action == "delete" else change.after) or {}
    if change.kind == "membership" and fields.get("role") != "admin":
        return None
    return change.kind, _beside(change.id, parent)


def _beside(resource_id: ResourceId, parent: ResourceId) -> str:
    """Return the part of an id apart from its parent: the person of a membership, the group of a grant."""
    named = name_of(parent)
    rest = name_of(resource_id)
    if rest.startswith(f"{named}/"):
        return rest.removeprefix(f"{named}/")
    return rest.removesuffix(f"/{named}")


def _likeness(old: ResourceId, new: ResourceId, before: Traits, after: Traits) -> float:
    """Return the similarity of two objects: the share of common traits, plus 0.5 for a similar name.

    Names are compared last, because that is slow; the result is 0 if they can make no difference.
    """
    fewer, more = sorted((len(before), len(after)))
    if kind_of(old) != kind_of(new) or fewer + 1 < (_ALIKE - _NAME_COUNTS) * (more - 1):
        return 0
    # A rename usually changes the display name, too: an equal one counts, a different one is ignored.
    different = [trait for trait in before ^ after if trait[0] != _DISPLAY_NAME]
    shared = len(before & after) / max(len(before & after) + len(different), 1)
    if shared < _ALIKE - _NAME_COUNTS:
        return 0
    return shared + (_NAME_COUNTS if _is_similar(last_name(old), last_name(new)) else 0)


def _is_similar(one: str, other: str) -> bool:
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() >= _SIMILAR_NAME

"""What was probably renamed: something goes, and something new of its kind is much like it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any, Final

from reconciler.model.kinds import is_marked, parents
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId

# What many objects share says little about which one of them was another before.
_COMMON: Final = 20
_ALIKE: Final = 0.75
_NAME_COUNTS: Final = 0.5
_SIMILAR_NAME: Final = 0.6
_DISPLAY_NAME: Final = "displayName"

Traits = frozenset[tuple[str, Any]]


def rename_hint(old: ResourceId, new: ResourceId) -> str:
    """Return what to write where `new` is what `old` was."""
    same_parent = old.rpartition("/")[0] == new.rpartition("/")[0]
    former = old.rpartition("/")[2] if same_parent else _name(old)
    return (
        f"if it was renamed, write `previously: {former}` for {_name(new)}, which keeps its people and grants"
    )


def likely_renames(changes: Iterable[Change]) -> dict[ResourceId, ResourceId]:
    """Return the created object that each deleted one most likely became, by id, where there is one."""
    changes = list(changes)
    deleted, created = _traits(changes, "delete"), _traits(changes, "create")
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
    """Return what tells each named object that is deleted, or created, from others: its parts and fields."""
    found: dict[ResourceId, set[tuple[str, Any]]] = {
        change.id: set(_own(change, action))
        for change in changes
        if change.action == action and change.because is None and is_marked(change.id)
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
    """Return what a child says of its parent: an admin, a group, an API; not a member, who comes and goes."""
    fields = (change.before if action == "delete" else change.after) or {}
    if change.kind == "membership" and fields.get("role") != "admin":
        return None
    return change.kind, _beside(change.id, parent)


def _beside(resource_id: ResourceId, parent: ResourceId) -> str:
    """Return what an id names beside its parent: of a membership the person, of a team's grant the group."""
    named = parent.partition("/")[2]
    rest = resource_id.partition("/")[2]
    if rest.startswith(f"{named}/"):
        return rest.removeprefix(f"{named}/")
    return rest.removesuffix(f"/{named}")


def _likeness(old: ResourceId, new: ResourceId, before: Traits, after: Traits) -> float:
    """Return how much one is like another: what they share, and half for a name that is similar.

    It is 0 where that is not enough, whatever the names are: to compare these takes longest.
    """
    fewer, more = sorted((len(before), len(after)))
    if old.partition("/")[0] != new.partition("/")[0] or fewer + 1 < (_ALIKE - _NAME_COUNTS) * (more - 1):
        return 0
    # A rename mostly changes the display name too: the same one counts for it, another one not against it.
    different = [trait for trait in before ^ after if trait[0] != _DISPLAY_NAME]
    shared = len(before & after) / max(len(before & after) + len(different), 1)
    if shared < _ALIKE - _NAME_COUNTS:
        return 0
    return shared + (_NAME_COUNTS if _is_similar(old.rpartition("/")[2], new.rpartition("/")[2]) else 0)


def _is_similar(one: str, other: str) -> bool:
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() >= _SIMILAR_NAME


def _name(resource_id: ResourceId) -> str:
    return resource_id.partition("/")[2]

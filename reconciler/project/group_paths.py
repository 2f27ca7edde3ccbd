"""The paths by groups of grants of APIs before and after changes, from files or from the rows of a plan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.model.access import AccessChange, Impact
from reconciler.model.graph.delta import DeltaPaths
from reconciler.model.graph.edges import grant_id
from reconciler.model.graph.reachability import Via
from reconciler.model.kinds import is_id, renamed
from reconciler.model.resource import Desired, GroupPaths, ResourceId

# Sorts after every other day.
_NEVER: Final = "9999-12-31"


def delta_paths(desired: Desired, base: Desired | None, defined: Desired) -> DeltaPaths:
    """Return the paths of the files, and before the changes those of the base where there is one.

    `defined` has all renames of the files: objects have their new names on both sides.
    """
    if base is None:
        return DeltaPaths(desired.paths, desired.paths)
    names = {old: new for new, formers in defined.renames.items() for places in formers for old in places}
    former = {
        (renamed(grant, names), level): [
            (tuple(renamed(each, names) for each in via), end) for via, end in paths
        ]
        for (grant, level), paths in base.paths.items()
    }
    return DeltaPaths({**desired.paths, **former}, {**former, **desired.paths})


def applied_paths(access: Impact, desired: Desired) -> DeltaPaths:
    """Return the paths of the desired state, and those that the rows of a plan name where it has none.

    A path lasts as long as the row that lasts longest, because a row can end earlier with a membership.
    """
    before = _named((row.from_, row) for row in access.lost)
    after = _named((row.to, row) for row in access.gained)
    return DeltaPaths({**before, **desired.paths}, {**after, **desired.paths})


def _named(rows: Iterable[tuple[str, AccessChange]]) -> GroupPaths:
    """Return the paths by groups of these rows, each with the level that the path gives."""
    found: defaultdict[tuple[ResourceId, str], dict[Via, str]] = defaultdict(dict)
    for level, row in rows:
        for holder in _holders(row) if _is_by_group(row.via) else ():
            ends = found[grant_id(f"api/{row.api}", holder), level]
            ends[row.via] = max(ends.get(row.via, ""), row.until or _NEVER)
    return {
        key: [(via, None if end == _NEVER else end) for via, end in ends.items()]
        for key, ends in found.items()
    }


def _holders(row: AccessChange) -> Iterator[str]:
    """Yield the team of a row, or its people."""
    if row.team is None:
        yield from (f"developer/{person}" for person in row.people)
    else:
        yield f"team/{row.team}"


def _is_by_group(via: Via) -> bool:
    """Return whether a path leads through a group and at most a product; a plan file may say anything."""
    kinds = ("access-group", "api-product")
    return 1 <= len(via) <= len(kinds) and all(map(is_id, via, kinds))

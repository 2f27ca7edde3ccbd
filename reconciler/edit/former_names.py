"""Note the former names of an object in `previously`, as operations on its document."""

from collections.abc import Mapping
from typing import Any, Final

from reconciler.edit.operations import Append, Operation, Put, RemoveEach, Replace
from reconciler.model.document import listed
from reconciler.model.source_map import Path

# The keys below `previously`, of metadata and of a team.
_NEXT: Final = ("externalName", "portals", "exceptions", "status", "displayName", "admins")


def renamed(path: Path, item: Mapping[str, Any], former: str, name: str) -> list[Operation]:
    """Return the operations that give an object a name, and note the former one.

    A former name that becomes the name again is removed.
    """
    return [Replace((*path, "name"), name), *former_name_added(path, item, former, name)]


def former_name_added(
    path: Path, item: Mapping[str, Any], former: str, name: str, partner: str = ""
) -> list[Operation]:
    """Return the operations that add a former name, and remove the present one.

    Former names of a team get their `partner`, if it is given.
    """
    before: Any = item.get("previously")
    names = [f"{partner}/{each}" if partner and "/" not in each else each for each in listed(before)]
    if not isinstance(before, list):
        value = with_former_name(item, former, name, partner)["previously"]
        return [Put(path, "previously", value, before=next((key for key in _NEXT if key in item), ""))]
    where = (*path, "previously")
    changed = [Replace((*where, at), each) for at, each in enumerate(names) if each != before[at]]
    gone = frozenset(at for at, each in enumerate(names) if each in {former, name})
    return [*changed, Append(where, former), *([RemoveEach(where, gone)] if gone else [])]


def with_former_name(item: Mapping[str, Any], former: str, name: str, partner: str = "") -> dict[str, Any]:
    """Return an object with a former name, in the order of its keys."""
    names = [
        f"{partner}/{each}" if partner and "/" not in each else each
        for each in listed(item.get("previously"))
    ]
    others = [each for each in names if each not in {former, name}]
    rest = {key: value for key, value in item.items() if key not in {"name", "previously"}}
    return {"name": item["name"], "previously": [former, *others] if others else former, **rest}

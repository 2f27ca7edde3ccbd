"""Take people out of a document, and block them, as operations on it."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from reconciler.edit.operations import Append, Drop, Operation, Put, Remove
from reconciler.edit.yaml.canonical import key_after
from reconciler.model.identity import canonical_email
from reconciler.model.source_map import Path


def without_people(data: Any, people: Collection[str]) -> list[Operation]:
    """Return the operations that take people out of all teams of a partner, or all grants of a group.

    `people` are canonical addresses; those in the document can have any spelling.
    """
    return [operation for path, entries in _lists(data) for operation in _removals(path, entries, people)]


def blocked(data: Any, people: Collection[str]) -> list[Operation]:
    """Return the operations that block people in a partner, where they are not blocked yet."""
    known = data["spec"].get("blocked")
    new = sorted({*people} - {canonical_email(each) for each in known or ()})
    if known is not None:
        return [Append(("spec", "blocked"), each) for each in new]
    before = key_after("Partner", ("spec",), "blocked", data["spec"])
    return [Put(("spec",), "blocked", new, before=before)] if new else []


def people_in(data: Any) -> set[str]:
    """Return the canonical addresses of the people in all teams of a partner, or all grants of a group."""
    return {person for _, entries in _lists(data) for each in entries if (person := _person(each))}


def _lists(data: Any) -> Iterator[tuple[Path, Sequence[Any]]]:
    """Yield the path and the entries of each list of people."""
    spec = data["spec"]
    for number, team in enumerate(spec.get("teams", ())):
        for key in ("admins", "members"):
            if isinstance(team.get(key), list):
                yield ("spec", "teams", number, key), team[key]
    if "grants" in spec:
        yield ("spec", "grants"), spec["grants"]


def _removals(path: Path, entries: Sequence[Any], people: Collection[str]) -> list[Operation]:
    """Return the operations that remove people from a list, beginning with the last entry."""
    found = [at for at, each in enumerate(entries) if _person(each) in people]
    if path[-1] == "grants" and found and len(found) == len(entries):
        return [Drop(path[:-1], "grants")]
    return [Remove(path, at) for at in reversed(found)]


def _person(entry: Any) -> str | None:
    """Return the canonical address of the person of an entry; None for a grant to a team or partner."""
    address = address_in(entry)
    return canonical_email(address) if address else None


def address_in(entry: Any) -> str:
    """Return the address in an entry of a list of people; empty for a grant to a team or partner."""
    return str(entry if isinstance(entry, str) else entry.get("email") or entry.get("developer") or "")

"""The rule about names that stand twice, and about renames that cannot be."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from reconciler.model.document import Document
from reconciler.model.positions import Path
from reconciler.policy.index import Index
from reconciler.policy.raw import at, items, place
from reconciler.policy.world import Violation

_TITLES: Final = {
    "Partner": "partner",
    "AccessGroup": "access group",
    "ApiProduct": "API product",
    "Catalog": "catalog",
}
# What has a name and perhaps a former one, and where it stands.
_Named = tuple[Any, Document, Path]


def duplicate_name(index: Index) -> Iterator[Violation]:
    """A name stands once: in its kind, a team's in its partner, an API's in all catalogs.

    So does a former name (`previously`), and former names do not go in a circle. A former name is not one
    that the files still define, unless what they define there was renamed as well: it would take over its
    people, grants and tokens.
    """
    for kind, title in _TITLES.items():
        if kind != "Partner" or _may_clash(index):
            named = [(at(each.data, "metadata"), each, ("metadata",)) for each in index.of_kind(kind)]
            yield from _of_one_sort(named, title)
    for document in _with_teams_that_may_clash(index):
        yield from _of_one_sort(_listed(document, "teams"), "team", f' of partner "{document.name}"')
    apis = [api for document in index.of_kind("Catalog") for api in _listed(document, "apis")]
    yield from _of_one_sort(apis, "API")


def _may_clash(index: Index) -> bool:
    """Whether there is more than partners of different names that were never renamed."""
    return bool(index.loose) or any(holder.renames for holder in index.holders.values())


def _with_teams_that_may_clash(index: Index) -> list[Document]:
    held = [
        holder.document for holder in index.holders.values() if holder.renames or holder.names_teams_twice
    ]
    return held + index.loose


def _listed(document: Document, key: str) -> list[_Named]:
    return [
        (item, document, ("spec", key, number))
        for number, item in enumerate(items(document.data, "spec", key))
    ]


def _of_one_sort(things: Sequence[_Named], title: str, whose: str = "") -> Iterator[Violation]:
    """Yield what is wrong with the names and former names of things of one sort."""
    first: dict[str, _Named] = {}
    for thing in things:
        name = at(thing[0], "name")
        if isinstance(name, str) and first.setdefault(name, thing) is not thing:
            message = f'{title} "{name}"{whose} is already defined at {_place(first[name], "name")}'
            yield _at(thing, "name", message, "rename one, or remove it")
    renamed = {
        name: (thing, former)
        for name, thing in first.items()
        if isinstance(former := at(thing[0], "previously"), str)
    }
    if renamed:
        yield from _former_twice(renamed, f"{title}", whose)
        yield from _circles(renamed)
        yield from _takeovers(first, renamed, title, whose)


def _former_twice(renamed: dict[str, tuple[_Named, str]], title: str, whose: str) -> Iterator[Violation]:
    first: dict[str, str] = {}
    for name, (thing, former) in renamed.items():
        other = first.setdefault(former, name)
        if other != name:
            there = _place(renamed[other][0], "previously")
            message = f'{title} "{other}"{whose} was "{former}" already, says {there}'
            yield _at(thing, "previously", message, "only one of them can be the old one")


def _takeovers(
    first: dict[str, _Named], renamed: dict[str, tuple[_Named, str]], title: str, whose: str
) -> Iterator[Violation]:
    """Yield what says that it was something which is still there, and which was nothing else before."""
    for name, (thing, former) in renamed.items():
        if former in first and former not in renamed:
            there = _place(first[former], "name")
            message = f'{title} "{name}"{whose} was "{former}", which is still defined at {there}'
            yield _at(thing, "previously", message, "remove previously, or the old definition")


def _circles(renamed: dict[str, tuple[_Named, str]]) -> Iterator[Violation]:
    """Yield each circle of renames once, at the name by which it was come upon."""
    done: set[str] = set()
    for name in renamed:
        chain: list[str] = []
        step = name
        while step in renamed and step not in done:
            done.add(step)
            chain.append(step)
            step = renamed[step][1]
        if step in chain:
            yield _circle(chain[chain.index(step) :], renamed)


def _circle(names: list[str], renamed: dict[str, tuple[_Named, str]]) -> Violation:
    tale = ", ".join(f'"{name}" was "{renamed[name][1]}"' for name in names)
    hint = "rename in two steps, and apply each" if len(names) > 1 else "leave previously out"
    return _at(renamed[names[0]][0], "previously", f"these renames go in a circle: {tale}", hint)


def _at(thing: _Named, key: str, message: str, hint: str) -> Violation:
    _, document, path = thing
    return Violation(document, (*path, key), message, hint)


def _place(thing: _Named, key: str) -> str:
    _, document, path = thing
    return place(document, (*path, key))

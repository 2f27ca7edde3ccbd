"""Check former names (`previously`): each belongs to one object, is no longer defined, and forms no cycle."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from reconciler.model.document import AccessGroup, ApiProduct, Document, Partner
from reconciler.model.ids import split_team
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.tolerant import at, items, place

_TITLES: Final = {"Partner": "partner", "AccessGroup": "access group", "ApiProduct": "API product"}


class _Thing(NamedTuple):
    """A named object: `key` is unique, `path` is the parent of its `name` and of `previously`, as written."""

    key: str
    name: str
    whose: str
    previously: Any
    document: Document
    path: Path

    def place(self, key: str) -> str:
        return place(self.document, (*self.path, key))


class _Former(NamedTuple):
    """A former name of an object, as written in the file and as the key that it had."""

    thing: _Thing
    written: str
    key: str
    path: Path

    def wrong(self, message: str, hint: str) -> Violation:
        return Violation(self.thing.document, self.path, message, hint)


def former_name(index: Index) -> Iterator[Violation]:
    """Report a former name (`previously`) that two objects claim or that is part of a cycle.

    Also report a former name that the files still define, unless that object was renamed as well. The renamed
    object would otherwise take over its people, grants and tokens.

    Also report renames that a plan cannot make: several objects with former names of this object exist in the
    portal; or a team moves to another partner while one of the two is suspended, or blocks a person in it.
    """
    for kind, title in _TITLES.items():
        if kind != "Partner" or _has_renames(index):
            things = {each.key: each for each in _named(index.of_kind(kind))}
            yield from _of_one_sort(things, title)
    if _has_renames(index):
        documents = index.of_kind("Partner")
        yield from _of_one_sort({each.key: each for each in _teams(documents)}, "team")


def _has_renames(index: Index) -> bool:
    return bool(index.unindexed_partners) or any(holder.renames for holder in index.holders.values())


def _named(documents: list[Document]) -> Iterator[_Thing]:
    for document in reversed(documents):
        name, previously = _names_of(document)
        if isinstance(name, str):
            yield _Thing(name, name, "", previously, document, ("metadata",))


def _names_of(document: Document) -> tuple[Any, Any]:
    """Return the name and the former names of a document, without its raw values if it is valid."""
    if isinstance(document.body, Partner | AccessGroup | ApiProduct):
        return document.body.metadata.name, document.body.metadata.previously
    metadata = at(document.data, "metadata")
    return at(metadata, "name"), at(metadata, "previously")


def _teams(documents: list[Document]) -> Iterator[_Thing]:
    for document in reversed(documents):
        for number, (name, previously) in reversed([*enumerate(_names_of_teams(document))]):
            if isinstance(name, str):
                whose = f' of partner "{document.name}"'
                path = ("spec", "teams", number)
                yield _Thing(f"{document.name}/{name}", name, whose, previously, document, path)


def _names_of_teams(document: Document) -> Iterator[tuple[Any, Any]]:
    """Return the name and the former names of each team, without raw values if the document is valid."""
    if isinstance(document.body, Partner):
        return ((team.name, team.previously) for team in document.body.spec.teams)
    teams = items(document.data, "spec", "teams")
    return ((at(team, "name"), at(team, "previously")) for team in teams)


def _of_one_sort(things: dict[str, _Thing], title: str) -> Iterator[Violation]:
    formers = {key: found for key, each in reversed(things.items()) if (found := [*_formers(each)])}
    if formers:
        yield from _claimed_twice(formers, title)
        yield from _cycles(formers)
        yield from _takeovers(things, formers, title)


def _formers(thing: _Thing) -> Iterator[_Former]:
    written = thing.previously
    path = (*thing.path, "previously")
    names = [(written, path)] if isinstance(written, str) else []
    if isinstance(written, list | tuple):
        names = [(each, (*path, number)) for number, each in enumerate(written) if isinstance(each, str)]
    partner = split_team(thing.key)[0] if "/" in thing.key else ""
    for name, where in names:
        key = f"{partner}/{name}" if partner and "/" not in name else name
        yield _Former(thing, name, key, where)


def _claimed_twice(formers: dict[str, list[_Former]], title: str) -> Iterator[Violation]:
    first: dict[str, _Former] = {}
    for each in (former for found in formers.values() for former in found):
        other = first.setdefault(each.key, each)
        if other.thing is not each.thing:
            there = place(other.thing.document, other.path)
            who = f'{title} "{other.thing.name}"{other.thing.whose}'
            message = f'{who} already has the former name "{other.written}" at {there}'
            yield each.wrong(message, "keep previously for only one of them")


def _takeovers(
    things: dict[str, _Thing], formers: dict[str, list[_Former]], title: str
) -> Iterator[Violation]:
    """Yield each former name that the files still define for another object that was not renamed."""
    for each in (former for found in formers.values() for former in found):
        if each.key in things and each.key not in formers:
            there = things[each.key].place("name")
            who = f'{title} "{each.thing.name}"{each.thing.whose}'
            yield each.wrong(
                f'{who} has the former name "{each.written}", which is still defined at {there}',
                "remove previously, or remove the old definition",
            )


def _cycles(formers: dict[str, list[_Former]]) -> Iterator[Violation]:
    """Yield each cycle of renames once, at the name where it was found."""
    done: set[str] = set()
    for start, first in formers.items():
        chain: list[str] = []
        waiting = [(start, iter(first))] if start not in done else []
        chain = [start] if waiting else []
        while waiting:
            former = next(waiting[-1][1], None)
            if former is None:
                done.add(waiting.pop()[0])
                chain.pop()
            elif former.key in chain:
                yield _cycle(chain[chain.index(former.key) :], formers)
            elif former.key in formers and former.key not in done:
                waiting.append((former.key, iter(formers[former.key])))
                chain.append(former.key)


def _cycle(keys: list[str], formers: dict[str, list[_Former]]) -> Violation:
    steps = []
    for number, key in enumerate(keys):
        after = keys[(number + 1) % len(keys)]
        former = next(each for each in formers[key] if each.key == after)
        steps.append(f'"{former.thing.name}" (previously "{former.written}")')
    first = formers[keys[0]][0]
    hint = "rename in two steps, and apply each" if len(keys) > 1 else "remove previously"
    return first.wrong(f"these renames form a cycle: {', '.join(steps)}", hint)

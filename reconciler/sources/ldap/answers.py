"""What a tree of groups says about one of them, and whether that is everybody."""

from collections.abc import Iterable
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.directory import Completeness, DirectoryPerson, GroupAnswer
from reconciler.model.printable import printable
from reconciler.sources.ldap.entries import Entry
from reconciler.sources.ldap.names import Name, folded
from reconciler.sources.ldap.schema import Schema, shown
from reconciler.sources.ldap.tree import Located, Tree

_MOST_SHOWN: Final = 5


def answer(located: Located, tree: Tree, schema: Schema) -> GroupAnswer:
    """Return what is known of a group."""
    if located.entry is None:
        if located.problem:
            return GroupAnswer("partial", reason=located.problem)
        return GroupAnswer("absent", reason="there is no such group, or the account may not see it")
    entries, problems = _members(located.entry.name, tree)
    people: dict[str, DirectoryPerson] = {}
    for entry in entries:
        try:
            person = schema.person(entry)
        except ValueError as error:
            problems.append(str(error))
            continue
        if person.id in people:
            problems.append(f"{shown(entry)} and another entry have the same {schema.id}")
        people[person.id] = person
    everybody = tuple(people[each] for each in sorted(people))
    completeness: Completeness = "partial" if problems else "complete" if people else "empty"
    return GroupAnswer(completeness, everybody, _listed(problems, "; "), _notes(entries, schema))


def _members(root: Name, tree: Tree) -> tuple[list[Entry], list[str]]:
    """Return the people in a group and in the groups inside of it, and why some may be missing."""
    entries: dict[Name, Entry] = {}
    problems: list[str] = []
    waiting, seen = [root], {root}
    while waiting:
        group = tree.groups[waiting.pop()]
        problems.extend(group.problems)
        for name, text in group.names.items():
            if name in tree.people:
                entries[name] = tree.people[name]
            elif name in tree.groups:
                waiting.extend({name} - seen)
                seen.add(name)
            else:
                problems.append(f"the member {printable(text)} cannot be read: {tree.missing[name]}")
        for login in group.logins:
            found = tree.logins.get(folded(login), [])
            if len(found) == 1:
                entries[found[0].name] = found[0]
            else:
                why = "several entries have it" if found else tree.missing[folded(login)]
                problems.append(f"the member with the login {printable(login)} cannot be read: {why}")
    return list(entries.values()), problems


def _notes(entries: Iterable[Entry], schema: Schema) -> tuple[str, ...]:
    """Return what people should know about active members."""
    active = [each for each in entries if not schema.is_disabled(each)]
    without = [shown(each) for each in active if not schema.addresses(each)]
    several = [shown(each) for each in active if len(schema.addresses(each)) > 1]
    notes = []
    if without:
        notes.append(f"{counted(len(without), 'member')} without an address: {_listed(without)}")
    if several:
        notes.append(
            f"{counted(len(several), 'member')} with several addresses, of which the first in the"
            f" alphabet counts: {_listed(several)}"
        )
    return tuple(notes)


def _listed(texts: Iterable[str], separator: str = ", ") -> str:
    found = sorted(set(texts))
    more = f"{separator}and {len(found) - _MOST_SHOWN:,} more" if len(found) > _MOST_SHOWN else ""
    return separator.join(found[:_MOST_SHOWN]) + more

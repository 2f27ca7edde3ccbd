"""Reading groups with all their members, in few searches: many names and DNs in each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeVar

import msgspec

from reconciler.model.counting import counted
from reconciler.model.portal import Progress
from reconciler.model.printable import printable
from reconciler.sources.ldap.entries import Entry, find_range
from reconciler.sources.ldap.names import Name, any_of, folded, is_below, parse_name, without_uid
from reconciler.sources.ldap.schema import (
    IS_GROUP,
    LOGIN,
    NAME_MEMBERS,
    Schema,
    is_dynamic,
    member_attributes,
)
from reconciler.sources.ldap.session import Code, LdapSession
from reconciler.sources.ldap.tree import Group, Located, Tree

T = TypeVar("T")
_GROUPS_AT_ONCE: Final = 20
_PEOPLE_AT_ONCE: Final = 100
_MOST_MEMBERS: Final = 500_000
_DEEPEST: Final = 50
_UNREADABLE: Final = "it does not exist, or the account may not see it"


class Bases(msgspec.Struct, frozen=True):
    """The DNs below which groups and people are searched, and those that are members in name only."""

    groups: str
    people: str
    placeholders: frozenset[Name] = frozenset()


class Reader:
    """Reads groups of one server."""

    def __init__(self, session: LdapSession, schema: Schema, bases: Bases) -> None:
        self._session = session
        self._schema = schema
        self._bases = bases
        self._base = parse_name(bases.groups)

    async def find(self, names: Sequence[str]) -> dict[str, Located]:
        """Return the group of each name; a name may be the DN of a group below the base."""
        by_dn = [each for each in names if self._is_dn(each)]
        located = {each: await self._by_dn(each) for each in by_dn}
        for batch in batches((each for each in names if each not in located), _GROUPS_AT_ONCE):
            located.update(await self._by_name(batch))
        return located

    async def load(self, roots: Iterable[Entry], progress: Progress) -> Tree:
        """Return these groups, the groups inside of them, and all their people."""
        tree = Tree()
        waiting = list(roots)
        for _ in range(_DEEPEST):
            new = {entry.name: entry for entry in waiting if entry.name not in tree.groups}
            groups = [await self._group(entry) for entry in new.values()]
            tree.groups.update((group.entry.name, group) for group in groups)
            waiting = await self._look_up(tree, groups, progress)
            if not waiting:
                return tree
        deeper = f"it is nested more than {_DEEPEST} levels deep"
        tree.missing.update((entry.name, deeper) for entry in waiting)
        return tree

    def _is_dn(self, text: str) -> bool:
        try:
            name = parse_name(text)
        except ValueError:
            return False
        return name != self._base and is_below(name, self._base)

    async def _by_dn(self, dn: str) -> Located:
        found = await self._session.read(dn, self._schema.attributes)
        if found.outcome.code == Code.NO_SUCH_OBJECT:
            return Located()
        if problem := self._session.problem(found):
            return Located(problem=problem)
        entry = next(iter(found.entries), None)
        if entry is None or entry.name != parse_name(dn) or not member_attributes(entry):
            return Located(problem=f"{printable(dn)} is not a group, or its classes cannot be read")
        return Located(entry)

    async def _by_name(self, names: Sequence[str]) -> dict[str, Located]:
        attribute = self._schema.group_name
        search = f"(&{IS_GROUP}{any_of(attribute, names)})"
        found = await self._session.search(self._bases.groups, search, self._schema.attributes)
        problem = self._session.problem(found)
        named: dict[str, list[Entry]] = {}
        for entry in found.entries:
            for text in {folded(each) for each in entry.texts(attribute)}:
                named.setdefault(text, []).append(entry)
        return {each: _only(named.get(folded(each), []), problem) for each in names}

    async def _group(self, entry: Entry) -> Group:
        names: dict[Name, str] = {}
        logins: list[str] = []
        problems: list[str] = []
        for attribute in member_attributes(entry):
            try:
                texts = await self._values(entry, attribute)
                if attribute in NAME_MEMBERS:
                    names.update((_member_name(text), text) for text in texts)
                else:
                    logins.extend(texts)
            except ValueError as error:
                problems.append(f"{printable(entry.dn)}: {error}")
        for name in ((), entry.name, *self._bases.placeholders):
            names.pop(name, None)
        return Group(entry, names, tuple(logins), tuple(problems))

    async def _values(self, entry: Entry, attribute: str) -> tuple[str, ...]:
        """Return all values of an attribute. Raises ValueError, with the reason, if some may be missing."""
        part = find_range(entry, attribute)
        if part is None:
            return entry.texts(attribute) or await self._proof_of_none(entry, attribute)
        values: list[bytes] = []
        while part is not None and part.low == len(values) and part.values:
            values.extend(part.values)
            if part.next is None:
                return tuple(each.decode(errors="replace") for each in values)
            found = await self._session.read(entry.dn, [f"{attribute};range={part.next}-*"])
            part = find_range(found.entries[0], attribute) if found.entries else None
        raise ValueError(f"the ranges of its attribute {attribute} do not fit together")

    async def _proof_of_none(self, entry: Entry, attribute: str) -> tuple[str, ...]:
        """Return no values, if there are none. A server leaves out as well what the account may not read.

        It answers a comparison with a hidden attribute differently from one with an absent attribute.
        """
        code = await self._session.compare(entry.dn, attribute, entry.dn)
        if code not in {Code.NO_SUCH_ATTRIBUTE, Code.COMPARE_FALSE}:
            raise ValueError(f"the account may not read its attribute {attribute} ({code})")
        return ()

    async def _look_up(self, tree: Tree, groups: Sequence[Group], progress: Progress) -> list[Entry]:
        """Read the members of groups that are not known yet, and return those that are groups."""
        inner: list[Entry] = []
        names = {name: text for group in groups for name, text in group.names.items()}
        new = [name for name in names if not tree.knows(name)]
        room = max(0, _MOST_MEMBERS - len(tree.people) - len(tree.logins))
        for batch in batches(new[:room], _PEOPLE_AT_ONCE):
            inner.extend(await self._by_dns(tree, {name: without_uid(names[name]) for name in batch}))
            progress("people", len(tree.people), None)
        most = f"there are more than {counted(_MOST_MEMBERS, 'member')}"
        tree.missing.update((name, most) for name in new[room:])
        logins = {folded(each): each for group in groups for each in group.logins}
        unknown = [each for each in logins if each not in tree.logins]
        tree.missing.update((each, most) for each in unknown[room:])
        for some in batches(unknown[:room], _PEOPLE_AT_ONCE):
            await self._by_login(tree, {each: logins[each] for each in some})
            progress("people", len(tree.people) + len(tree.logins), None)
        return inner

    async def _by_dns(self, tree: Tree, wanted: Mapping[Name, str]) -> list[Entry]:
        entries, problem = await self._entries(self._bases.people, "", wanted)
        left = {name: text for name, text in wanted.items() if name not in entries}
        if left and self._bases.people != self._bases.groups:
            groups, other_problem = await self._entries(self._bases.groups, IS_GROUP, left)
            entries |= groups
            problem = problem or other_problem
        for name in wanted:
            entry = entries.get(name)
            if entry is None:
                tree.missing[name] = problem or _UNREADABLE
            elif is_dynamic(entry):
                tree.missing[name] = "it is a dynamic group, which lists no members"
            elif not member_attributes(entry):
                tree.people[name] = entry
        return [
            entry for name, entry in entries.items() if member_attributes(entry) and name not in tree.missing
        ]

    async def _entries(
        self, base: str, condition: str, wanted: Mapping[Name, str]
    ) -> tuple[dict[Name, Entry], str]:
        """Return the entries of DNs, and why others may be missing. Two for one DN are not certain."""
        search = f"(&{condition}{any_of(self._schema.dn, wanted.values())})"
        found = await self._session.search(base, search, self._schema.attributes)
        entries: dict[Name, list[Entry]] = {}
        for entry in found.entries:
            entries.setdefault(entry.name, []).append(entry)
        single = {name: each[0] for name, each in entries.items() if name in wanted and len(each) == 1}
        return single, self._session.problem(found)

    async def _by_login(self, tree: Tree, wanted: Mapping[str, str]) -> None:
        search = any_of(LOGIN, wanted.values())
        found = await self._session.search(self._bases.people, search, self._schema.attributes)
        problem = self._session.problem(found)
        for login in wanted:
            tree.logins[login] = []
            tree.missing[login] = problem or _UNREADABLE
        for entry in found.entries:
            for login in {folded(each) for each in entry.texts(LOGIN)} & wanted.keys():
                tree.logins[login].append(entry)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of this size."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _only(entries: Sequence[Entry], problem: str) -> Located:
    if len(entries) > 1:
        dns = ", ".join(printable(each.dn) for each in entries[:3])
        return Located(problem=f"{counted(len(entries), 'group')} have this name, use the DN of one: {dns}")
    return Located(entries[0]) if entries else Located(problem=problem)


def _member_name(text: str) -> Name:
    try:
        return parse_name(without_uid(text))
    except ValueError as error:
        raise ValueError(f"the member {printable(text)} is not a DN") from error

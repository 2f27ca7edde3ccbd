"""Whether people are still in a group, as their own entries and searches from them upwards say."""

from collections.abc import Sequence
from typing import Final

from reconciler.model.directory import Evidence
from reconciler.sources.ldap.entries import Entry, id_value
from reconciler.sources.ldap.names import Name, any_of, escaped, parse_name
from reconciler.sources.ldap.reader import batches
from reconciler.sources.ldap.schema import (
    IS_GROUP,
    LOGIN,
    LOGIN_MEMBERS,
    MEMBER_OF,
    NAME_MEMBERS,
    Schema,
    is_active_directory_group,
    member_attributes,
)
from reconciler.sources.ldap.session import Code, LdapSession

_AT_ONCE: Final = 100
_DEEPEST: Final = 50
_MOST_GROUPS: Final = 1_000


class Confirmation:
    """Asks about people who would be removed from one group."""

    def __init__(self, session: LdapSession, schema: Schema, groups: str, people: str) -> None:
        self._session = session
        self._schema = schema
        self._groups = groups
        self._people = people

    async def ask(self, group: Entry, ids: Sequence[str]) -> dict[str, Evidence]:
        """Return for each person whether it is still in the group."""
        evidence: dict[str, Evidence] = dict.fromkeys(ids, "unknown")
        for batch in batches(ids, _AT_ONCE):
            evidence.update(await self._batch(group, batch))
        return evidence

    async def _batch(self, group: Entry, ids: Sequence[str]) -> dict[str, Evidence]:
        values = {each: value for each in ids if (value := self._value(each)) is not None}
        if not values:
            return {}
        search = any_of(self._schema.id, values.values())
        found = await self._session.search(self._people, search, self._schema.attributes)
        entries: dict[str, list[Entry]] = {}
        for entry in found.entries:
            try:
                entries.setdefault(self._schema.identity(entry), []).append(entry)
            except ValueError:
                return {}
        nobody: Evidence = "unknown" if self._session.problem(found) else "left"
        return {
            each: await self._person(group, entries[each]) if each in entries else nobody for each in values
        }

    def _value(self, text: str) -> str | bytes | None:
        try:
            return id_value(self._schema.id, text)
        except ValueError:
            return None

    async def _person(self, group: Entry, entries: Sequence[Entry]) -> Evidence:
        if len(entries) > 1:
            return "unknown"
        [person] = entries
        if self._schema.is_disabled(person):
            return "left"
        return await self._listed(group, person) or await self._above(group, person)

    async def _listed(self, group: Entry, person: Entry) -> Evidence | None:
        """Return what the group itself answers about the person; None if it does not have it as a member."""
        codes = [
            await self._session.compare(group.dn, attribute, value)
            for attribute in member_attributes(group)
            for value in (person.texts(LOGIN) if attribute == LOGIN_MEMBERS else (person.dn,))
        ]
        if Code.COMPARE_TRUE in codes:
            return "member"
        if not set(codes) <= {Code.COMPARE_FALSE, Code.NO_SUCH_ATTRIBUTE}:
            return "unknown"
        # Active Directory is not known to answer differently about what the account may not read.
        hidden = is_active_directory_group(group) and Code.COMPARE_FALSE not in codes
        return "unknown" if hidden and not person.texts(MEMBER_OF) else None

    async def _above(self, group: Entry, person: Entry) -> Evidence:
        """Return whether the group is among those that have the person, directly or through other groups."""
        level, seen = [person], {person.name}
        for _ in range(_DEEPEST):
            above: dict[Name, Entry] = {}
            for entry in level:
                names, holders, problem = await self._holders(entry)
                if group.name in names:
                    return "member"
                if problem or len(seen) > _MOST_GROUPS:
                    return "unknown"
                above |= {each.name: each for each in holders if each.name not in seen}
            if not above:
                return "left"
            seen |= above.keys()
            level = list(above.values())
        return "unknown"

    async def _holders(self, entry: Entry) -> tuple[set[Name], Sequence[Entry], str]:
        """Return the DNs of groups that have an entry, as it says itself and as these groups say."""
        pairs = [(each, entry.dn) for each in NAME_MEMBERS]
        pairs += [(LOGIN_MEMBERS, each) for each in entry.texts(LOGIN)]
        conditions = "".join(f"({attribute}={escaped(value)})" for attribute, value in pairs)
        found = await self._session.search(
            self._groups, f"(&{IS_GROUP}(|{conditions}))", ("objectClass", MEMBER_OF)
        )
        problem = self._session.problem(found)
        names = {each.name for each in found.entries}
        try:
            names |= {parse_name(each) for each in entry.texts(MEMBER_OF)}
        except ValueError:
            problem = problem or "it says that it is in a group without a valid DN"
        return names, found.entries, problem

"""A directory with SCIM 2.0: its groups, and the people in them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from reconciler.http.client import HttpClient
from reconciler.model.counting import counted, people
from reconciler.model.directory import DirectoryPerson, Evidence, GroupAnswer
from reconciler.model.health import Check
from reconciler.model.portal import Progress
from reconciler.sources.scim.api import ScimApi
from reconciler.sources.scim.checks import ScimChecks
from reconciler.sources.scim.evidence import Witness
from reconciler.sources.scim.expansion import Expander, Expansion
from reconciler.sources.scim.groups import GroupFinder, NamedGroup
from reconciler.sources.scim.messages import Person, email_of
from reconciler.sources.scim.people import People

_MOST_NAMED: Final = 3


class ScimDirectory:
    """Reads groups with SCIM; nothing is written."""

    def __init__(self, client: HttpClient) -> None:
        self._api = ScimApi(client)
        self._people = People(self._api)
        self._finder = GroupFinder(self._api)
        self._expander = Expander(self._api, self._people)
        self._witness = Witness(self._api, self._people)
        self._expansions: dict[str, Expansion] = {}

    async def read(self, groups: Sequence[str], progress: Progress) -> Mapping[str, GroupAnswer]:
        """Return the answer about each group. Raises PortalError if the server cannot be asked at all."""
        await self._api.read_settings()
        named = await self._finder.find(groups)
        progress("groups", len(named), len(named))
        found = {name: each.group for name, each in named.items() if each.group is not None}
        self._expansions |= dict(
            zip(found, await asyncio.gather(*map(self._expander.expand, found.values())), strict=True)
        )
        await self._people.read(user for name in found for user in self._expansions[name].users)
        progress("people", len(self._people.found), None)
        return {name: self._answer(name, each) for name, each in named.items()}

    async def confirm(self, group: str, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Return for each id whether the person is still in the group, as the person's own entry says."""
        if group not in self._expansions:
            await self.read([group], lambda *_: None)
        expansion = self._expansions.get(group)
        if expansion is None:
            return dict.fromkeys(ids, "unknown")
        self._witness.pair = next((each.pair for each in self._expansions.values() if each.pair), None)
        evidence = await self._witness.ask(ids, expansion.groups)
        if not expansion.problem:
            return evidence
        # Groups in it may be missing, and the person may be in one of them.
        return {each: "unknown" if said == "left" else said for each, said in evidence.items()}

    def checks(self, groups: Sequence[str]) -> Sequence[Check]:
        """Return the checks of `reconciler doctor`."""
        return ScimChecks(self._api).all(self, groups)

    def _answer(self, name: str, named: NamedGroup) -> GroupAnswer:
        if named.problem:
            return GroupAnswer("partial", reason=named.problem)
        if named.group is None:
            return GroupAnswer("absent", reason=named.note)
        expansion = self._expansions[name]
        found = [self._people.found[each] for each in expansion.users if each in self._people.found]
        problem = self._problem(expansion, found)
        notes = tuple(self._notes(expansion, found))
        rows = tuple(_row(each) for each in found)
        if problem:
            return GroupAnswer("partial", rows, problem, notes)
        return GroupAnswer("complete" if rows else "empty", rows, notes=notes)

    def _problem(self, expansion: Expansion, found: Sequence[Person]) -> str:
        """Return why the list may not be complete; empty if nothing says so."""
        if expansion.problem:
            return expansion.problem
        if expansion.empty and not any(each.pair for each in self._expansions.values()):
            return "no members are shown, and the server shows those of no other group either"
        problems = self._people.problems
        unread = [each for each in expansion.users if each in problems]
        if unread:
            return f"{people(len(unread))} cannot be read: {problems[unread[0]]}"
        if expansion.users and not found:
            return f"none of {people(len(expansion.users))} can be read: no such user"
        return ""

    def _notes(self, expansion: Expansion, found: Iterable[Person]) -> Iterable[str]:
        nameless = [each for each in found if each.active is not False and not email_of(each)]
        if nameless:
            shown = [self._api.redact(each.user_name or each.id or "") for each in nameless[:_MOST_NAMED]]
            more = f" and {len(nameless) - _MOST_NAMED:,} more" if len(nameless) > _MOST_NAMED else ""
            yield f"{people(len(nameless))} without an e-mail address: {', '.join(shown)}{more}"
        gone = sum(each in self._people.gone for each in expansion.users)
        if gone:
            yield f"{counted(gone, 'member is a user', 'members are users')} that no longer exists"
        if expansion.others:
            yield f"{counted(expansion.others, 'member is', 'members are')} neither a user nor a group"


def _row(person: Person) -> DirectoryPerson:
    return DirectoryPerson(person.id or "", email_of(person), active=person.active is not False)

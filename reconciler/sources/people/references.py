"""Which groups the teams name, and which people `people.lock` holds for them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import msgspec

from reconciler.model.document import Document, FromSource, LockedPerson, Partner, People
from reconciler.model.identity import canonical_email
from reconciler.model.people_lock import ROLES, PeopleLock
from reconciler.model.people_pull import Lists, TeamRole


class Reference(msgspec.Struct, frozen=True):
    """A role of a team whose people are those of a group in a source."""

    of: TeamRole
    source: str
    group: str


class References:
    """The references to one source, by group and by team."""

    def __init__(self, source: str, references: Iterable[Reference]) -> None:
        self.source = source
        self.all = [each for each in references if each.source == source]
        self._of_group: dict[str, list[Reference]] = {}
        self._of_team: dict[str, list[Reference]] = {}
        for each in self.all:
            self._of_group.setdefault(each.group, []).append(each)
            self._of_team.setdefault(each.of.team, []).append(each)

    @property
    def groups(self) -> list[str]:
        """The names of the groups, sorted."""
        return sorted(self._of_group)

    def of_group(self, group: str) -> list[Reference]:
        """Return the references to a group."""
        return self._of_group[group]

    def other_roles(self, reference: Reference) -> list[Reference]:
        """Return the references of the other roles of a team."""
        return [each for each in self._of_team[reference.of.team] if each.of != reference.of]


def references(documents: Iterable[Document]) -> list[Reference]:
    """Return the references of all teams that have not ended, sorted by team."""
    found = (each for document in documents for each in _of_partner(document))
    return sorted(found, key=lambda each: each.of)


def _of_partner(document: Document) -> Iterator[Reference]:
    if not isinstance(document.body, Partner) or document.body.spec.status == "ended":
        return
    for team in document.body.spec.teams:
        for role, people in zip(ROLES, (team.admins, team.members), strict=True):
            if isinstance(people, FromSource) and team.status == "active":
                yield Reference(TeamRole(f"{document.name}/{team.name}", role), people.source, people.group)


class HeldLists(msgspec.Struct, frozen=True):
    """Who is in each role according to `people.lock`; a role whose list was never read is missing.

    Teams have their present names. `former` has the names that the file has for renamed teams.
    """

    lists: Lists
    former: Mapping[str, str]

    def as_written(self, lists: Lists) -> Lists:
        """Return lists under the names that the file has for their teams."""
        return {
            TeamRole(self.former.get(place.team, place.team), place.role): people
            for place, people in lists.items()
        }


def held_lists(documents: Iterable[Document]) -> HeldLists:
    """Return the people of `people.lock`."""
    documents = list(documents)
    lock = PeopleLock(documents)
    bodies = [each.body for each in documents]
    teams = [
        f"{body.metadata.name}/{team.name}"
        for body in bodies
        if isinstance(body, Partner)
        for team in body.spec.teams
    ]
    names = {key: team for team in teams if (key := lock.key(team)) is not None}
    lists = {
        TeamRole(names.get(key, key), role): tuple(map(_canonical, people))
        for body in bodies
        if isinstance(body, People)
        for key, lists in body.spec.teams.items()
        for role, people in zip(ROLES, (lists.admins, lists.members), strict=True)
        if people is not None
    }
    return HeldLists(lists, {team: key for key, team in names.items() if key != team})


def _canonical(person: LockedPerson) -> LockedPerson:
    email = canonical_email(person.email)
    return person if email == person.email else replace(person, email=email)

"""The people of teams by role, from files and directories, with canonical addresses."""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from reconciler.model.document import Document, FromSource, Partner
from reconciler.model.identity import canonical_email
from reconciler.model.people_lock import ROLES, PeopleLock, Role


class InDirectory(msgspec.Struct, frozen=True):
    """A person whom a source lists in a role of a team, and the group there."""

    person: str
    team: str
    source: str
    group: str


class Roster(msgspec.Struct, frozen=True):
    """The admins and members of a team."""

    team: str
    admins: tuple[str, ...]
    members: tuple[str, ...]


class Rosters:
    """The people of all teams."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._lock = PeopleLock(documents)

    def in_directories(self) -> set[str]:
        """Return all people in people.lock."""
        return set(map(canonical_email, self._lock.addresses()))

    def of(self, document: Document) -> list[Roster]:
        """Return the people of all teams of a partner."""
        teams = document.body.spec.teams if isinstance(document.body, Partner) else ()
        return [
            Roster(team.name, *(self._people(document, number, role) for role in ROLES))
            for number, team in enumerate(teams)
        ]

    def from_directories(self, document: Document, people: Collection[str]) -> Iterator[InDirectory]:
        """Yield those of some people whom directories list in teams of a partner, under all addresses."""
        teams = document.body.spec.teams if isinstance(document.body, Partner) else ()
        for number, team in enumerate(teams):
            for given, role in ((team.admins, ROLES[0]), (team.members, ROLES[1])):
                rows = self._lock.people(document, number, role) if isinstance(given, FromSource) else ()
                for row in rows or ():
                    for email in dict.fromkeys(map(canonical_email, (row.email, *row.previously))):
                        if email in people and isinstance(given, FromSource):
                            name = f"{document.name}/{team.name}"
                            yield InDirectory(email, name, given.source, given.group)

    def _people(self, document: Document, number: int, role: Role) -> tuple[str, ...]:
        found = self._lock.people(document, number, role) or ()
        return tuple(canonical_email(each.email) for each in found)

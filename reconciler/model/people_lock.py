"""Who is in which team: the people that a partner's file lists, and those in people.lock."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from reconciler.model.document import (
    Document,
    FromSource,
    LockedPerson,
    Origin,
    Partner,
    People,
    Team,
    listed,
)
from reconciler.model.source_map import Path

Role: TypeAlias = Literal["admins", "members"]
ROLES: Final[tuple[Role, Role]] = ("admins", "members")


class ListedPerson(msgspec.Struct, frozen=True, gc=False):
    """A person of a team: the address as it is written, the last day, and the entry."""

    email: str
    until: str | None
    origin: Origin
    previously: tuple[str, ...] = ()


class UnusedRows(NamedTuple):
    """Rows of people.lock that make nobody a member, with their number and the reason."""

    path: Path
    number: int
    reason: str


class PeopleLock:
    """The people of all teams, as the files and people.lock define them.

    The rows of a team are found under its name, or under a former name of it. Each entry of people.lock is
    used for one team only: the one that was renamed, as long as it has no entry under its own name.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        documents = list(documents)
        locks = (each for each in documents if each.kind == "People" and isinstance(each.body, People))
        self.document = next(locks, None)
        body = self.document.body if self.document else None
        self._entries = body.spec.teams if isinstance(body, People) else {}
        self._keys: Mapping[str, str] = _keys(documents, self._entries) if self._entries else {}

    def people(self, document: Document, number: int, role: Role) -> list[ListedPerson] | None:
        """Return the people of a team in a role, or None if they come from a source and were never read."""
        body = document.body
        if not isinstance(body, Partner):
            return []
        team = body.spec.teams[number]
        given = team.admins if role == "admins" else team.members
        if isinstance(given, FromSource):
            return self._locked(f"{body.metadata.name}/{team.name}", given.source, role)
        if isinstance(given, str):
            return []
        path = ("spec", "teams", number, role)
        return [
            ListedPerson(each, None, Origin(document, path, at))
            if isinstance(each, str)
            else ListedPerson(each.email, each.until, Origin(document, path, at))
            for at, each in enumerate(given)
        ]

    @cached_property
    def renamed(self) -> bool:
        """Whether a person has a former address."""
        return any(each.previously for each in self._people())

    def addresses(self) -> Iterator[str]:
        """Yield the current address of each row."""
        return (each.email for each in self._people())

    def _people(self) -> Iterator[LockedPerson]:
        for each in self._entries.values():
            yield from each.admins or ()
            yield from each.members or ()

    def key(self, team: str) -> str | None:
        """Return the key in people.lock with the people of a team (PARTNER/TEAM), or None."""
        return self._keys.get(team)

    def place(self, team: str, role: Role) -> Path | None:
        """Return the path of the rows of a team, or None if there are none."""
        key = self._keys.get(team)
        return None if key is None else ("spec", "teams", key, role)

    def unused(self, documents: Iterable[Document]) -> Iterator[UnusedRows]:
        """Yield the rows that make nobody a member."""
        sources = {
            (f"{body.metadata.name}/{team.name}", role): given.source
            for document in documents
            if isinstance(body := document.body, Partner)
            for team in body.spec.teams
            for role, given in _from_sources(team)
        }
        teams = {key: team for team, key in self._keys.items()}
        for key in self._entries:
            for role in ROLES:
                rows = _rows(self._entries[key].admins if role == "admins" else self._entries[key].members)
                source = sources.get((teams.get(key, key), role))
                others = rows if source is None else [each for each in rows if each.source != source]
                if others:
                    yield UnusedRows(("spec", "teams", key, role), len(others), _why(source, others))

    def _locked(self, team: str, source: str, role: Role) -> list[ListedPerson] | None:
        """Return the rows from a source. A list with rows of other sources alone was not read from it."""
        key = self._keys.get(team)
        entry = self._entries.get(key) if key is not None else None
        rows = (entry.admins if role == "admins" else entry.members) if entry else None
        if key is None or rows is None or self.document is None:
            return None
        path: Path = ("spec", "teams", key, role)
        found = [
            ListedPerson(each.email, None, Origin(self.document, path, at), each.previously)
            for at, each in enumerate(rows)
            if each.source == source
        ]
        return found if found or not rows else None


def _rows(people: tuple[LockedPerson, ...] | None) -> tuple[LockedPerson, ...]:
    return people or ()


def _why(source: str | None, rows: Iterable[LockedPerson]) -> str:
    if source is None:
        return "no team takes them from a source"
    others = ", ".join(sorted({each.source for each in rows}))
    return f"they are from {others}, but the team takes its people from {source}"


def _from_sources(team: Team) -> Iterator[tuple[Role, FromSource]]:
    if isinstance(team.admins, FromSource):
        yield "admins", team.admins
    if isinstance(team.members, FromSource):
        yield "members", team.members


def from_source(team: Team) -> bool:
    """Return whether a team takes admins or members from a source."""
    return any(True for _ in _from_sources(team))


def _keys(documents: Iterable[Document], entries: Mapping[str, object]) -> dict[str, str]:
    """Return the key in people.lock of each team that takes people from a source."""
    teams = [
        (f"{body.metadata.name}/{team.name}", [*_former_names(body, team)])
        for document in documents
        if isinstance(body := document.body, Partner)
        for team in body.spec.teams
        if from_source(team)
    ]
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for team, formers in teams:
        former = None if team in entries else next((each for each in formers if each in entries), None)
        if former is not None and former not in taken:
            keys[team] = former
            taken.add(former)
    keys |= {team: team for team, _ in teams if team in entries and team not in taken}
    return keys


def _former_names(body: Partner, team: Team) -> Iterator[str]:
    """Yield the names that a team had, including those under former names of its partner."""
    partners = (body.metadata.name, *listed(body.metadata.previously))
    for name in (team.name, *listed(team.previously)):
        if "/" in name:
            yield name
        else:
            yield from (f"{partner}/{name}" for partner in partners)

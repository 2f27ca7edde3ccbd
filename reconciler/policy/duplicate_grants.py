"""Check for access groups that are granted to one team in two places."""

from collections.abc import Iterator
from typing import Any

from reconciler.model.document import AccessGroup, Document
from reconciler.model.identity import normalized_email
from reconciler.model.ids import split_team
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.tolerant import at, entries, items, place, truncated

_Place = tuple[Document, Path]


def duplicate_grant(index: Index) -> Iterator[Violation]:
    """Report a team that gets an access group from two places.

    The places are the team's access, its partner's access, and the grants of the group. Also report a
    developer who is granted a group twice.
    """
    held = [holder.document for holder in index.holders.values() if holder.has_duplicate_access]
    for document in held + index.unindexed_partners:
        yield from _Access(document).violations
    taken = _Taken(index)
    for document in index.of_kind("AccessGroup"):
        if _has_grants(document):
            yield from _Grants(document, taken).violations()


def _has_grants(document: Document) -> bool:
    """Return whether an access group has grants, without its raw values if it is valid."""
    if isinstance(document.body, AccessGroup):
        return bool(document.body.spec.grants)
    return bool(items(document.data, "spec", "grants"))


class _Access:
    """The groups that a partner's file requests for all teams and for single teams, and the duplicates."""

    __slots__ = ("anywhere", "document", "everywhere", "name", "teams", "violations")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.name = document.name or ""
        self.everywhere: dict[str, Path] = {}
        self.anywhere: dict[str, Path] = {}
        self.teams: dict[str, dict[str, Path]] = {}
        self.violations: list[Violation] = []
        spec = at(document.data, "spec")
        self._take(at(spec, "access"), ("spec", "access"), self.everywhere, f'partner "{self.name}"')
        for number, team in enumerate(items(spec, "teams")):
            name = f"{self.name}/{truncated(at(team, 'name'))}"
            taken = self.teams.setdefault(name, {})
            self._take(at(team, "access"), ("spec", "teams", number, "access"), taken, f'team "{name}"')

    def _take(self, accesses: Any, keys: Path, taken: dict[str, Path], who: str) -> None:
        for group, path in entries(accesses, "group", keys):
            first = taken.get(group) or self.everywhere.get(group)
            if first is None:
                taken[group] = path
                self.anywhere.setdefault(group, path)
            else:
                here, there = (self.document, path), (self.document, first)
                self.violations.append(_twice(here, who, group, there))

    def place(self, group: str, team: str | None) -> _Place | None:
        """Return where this team (or any team if None) gets a group."""
        own = self.teams.get(team, {}) if team else self.anywhere
        path = self.everywhere.get(group) or own.get(group)
        return (self.document, path) if path else None


class _Taken:
    """The access in the files of all partners; each file is evaluated once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: dict[str, list[_Access]] = {}

    def place(self, group: str, partner: str, team: str | None) -> _Place | None:
        """Return where a team of a partner (or any of its teams if None) gets a group."""
        if partner not in self._known:
            self._known[partner] = [_Access(each) for each in self._index.partner_documents(partner)]
        places = (each.place(group, team) for each in self._known[partner])
        return next((place for place in places if place), None)


class _Grants:
    """The grants of one access group, each compared with earlier ones and with the partners' files."""

    def __init__(self, document: Document, taken: _Taken) -> None:
        self._document = document
        self._group = document.name or ""
        self._own_access = taken
        self._seen: dict[str, Path] = {}
        self._teams: dict[str, Path] = {}

    def violations(self) -> Iterator[Violation]:
        for number, grant in enumerate(items(self._document.data, "spec", "grants")):
            path: Path = ("spec", "grants", number)
            for sort in ("team", "partner", "developer"):
                name = at(grant, sort)
                first = self._first(sort, name, path) if isinstance(name, str) else None
                if first is not None:
                    yield _twice((self._document, path), f'{sort} "{name}"', self._group, first)

    def _first(self, sort: str, name: str, path: Path) -> _Place | None:
        """Return an earlier place that already grants what is granted at `path`."""
        if sort == "team" and "/" not in name:
            return None
        if sort == "developer":
            return self._before(normalized_email(name), path)
        return self._team(name, path) if sort == "team" else self._partner(name, path)

    def _team(self, name: str, path: Path) -> _Place | None:
        partner = split_team(name)[0]
        first = self._before(name, path) or self._here(self._seen.get(partner))
        self._teams.setdefault(partner, path)
        return first or self._own_access.place(self._group, partner, name)

    def _partner(self, name: str, path: Path) -> _Place | None:
        first = self._before(name, path) or self._here(self._teams.get(name))
        return first or self._own_access.place(self._group, name, None)

    def _before(self, name: str, path: Path) -> _Place | None:
        first = self._seen.setdefault(name, path)
        return None if first is path else self._here(first)

    def _here(self, path: Path | None) -> _Place | None:
        return (self._document, path) if path else None


def _twice(here: _Place, who: str, group: str, first: _Place) -> Violation:
    message = f'{who} already has access group "{group}" from {place(*first)}'
    return Violation(*here, message, "remove one of the two entries")

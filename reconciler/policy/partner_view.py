"""A partner as rules look at it: what most of them need, at once; each entry with its place, on demand."""

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from reconciler.model.document import Document, GroupAccess, Level, Partner, Person, Team
from reconciler.model.source_map import Path
from reconciler.policy.tolerant import spelled, spelled_domain

# Group, level, and end: whatever of an access consent depends on.
Ask: TypeAlias = tuple[str, Level, str | None]
Role: TypeAlias = Literal["admins", "members"]


class GrantRef(msgspec.Struct, frozen=True, gc=False):
    """Access to a group that stands at `path` of `document`, for a partner (`team` is None) or a team.

    `until` is capped by the partner's own.
    """

    document: Document
    path: Path
    partner: str
    team: str | None
    group: str
    level: Level
    until: str | None


class PersonRef(msgspec.Struct, frozen=True, gc=False):
    """A person whom a partner's file names: one spelling, end, role, and the numbers of team and entry."""

    email: str
    until: str | None
    role: Role
    team: int
    number: int

    @property
    def path(self) -> Path:
        """Where the person stands in the document."""
        return ("spec", "teams", self.team, self.role, self.number)


class PartnerView:
    """A partner and what it asks for.

    Most partners break no rule. Sets and flags say so at once: they are made while the document is at hand,
    for looking up ten thousand documents anew takes longer than the rules do. `taken` and `people`, with the
    place of each entry, are made only where a rule has to look closer.
    """

    __slots__ = (
        "_people",
        "_taken",
        "agreement",
        "asks",
        "blocks",
        "body",
        "document",
        "ends",
        "groups",
        "has_strangers",
        "lacks_admin",
        "most_admins",
        "name",
        "names_people_twice",
        "names_teams_twice",
        "owner",
        "renames",
        "status",
        "takes_twice",
        "type",
    )

    def __init__(self, document: Document, body: Partner) -> None:
        spec, teams = body.spec, body.spec.teams
        self.document = document
        self.body = body
        self.name = body.metadata.name
        self.type = spec.type
        self.status = spec.status
        self.owner = spec.owner
        self.agreement = spec.agreement
        self.blocks = bool(spec.blocked)
        self.renames = bool(body.metadata.previously)
        self.most_admins = 0
        # Whether a team has no admin, or each of them ends on some day.
        self.lacks_admin = False
        self.ends = {spec.until} if spec.until else set()
        self._people: list[PersonRef] | None = None
        self._taken: list[GrantRef] | None = None
        accesses, names = list(spec.access), set()
        people: list[str | Person] = []
        for team in teams:
            names.add(team.name)
            self.renames = self.renames or bool(team.previously)
            if team.status == "ended":
                continue
            accesses += team.access
            people += team.admins
            if not isinstance(team.members, str):
                people += team.members
            self.most_admins = max(self.most_admins, len(team.admins))
            self.lacks_admin = self.lacks_admin or all(map(_has_end, team.admins))
        self.names_teams_twice = len(names) != len(teams)
        self._look_at_accesses(accesses, spec.until)
        self._look_at_people(people, spec.domains)

    def _look_at_accesses(self, accesses: Sequence[str | GroupAccess], cap: str | None) -> None:
        self.asks: set[Ask] = set()
        for access in accesses:
            if isinstance(access, str):
                self.asks.add((access, "consume", cap))
            else:
                until = access.until
                if until:
                    self.ends.add(until)
                self.asks.add((access.group, access.level, earlier(until, cap)))
        self.groups = {ask[0] for ask in self.asks}
        self.takes_twice = len(self.groups) != len(accesses)

    def _look_at_people(self, people: Sequence[str | Person], domains: Sequence[str]) -> None:
        emails = []
        for person in people:
            if isinstance(person, str):
                emails.append(person.lower() if person.isascii() else spelled(person))
            else:
                emails.append(spelled(person.email))
                if person.until:
                    self.ends.add(person.until)
        self.names_people_twice = len(set(emails)) != len(emails)
        known = {spelled_domain(domain) for domain in domains}
        self.has_strangers = bool(known) and not {email.rpartition("@")[2] for email in emails} <= known

    @property
    def taken(self) -> list[GrantRef]:
        """All access that it takes up in its file, with the place of each."""
        if self._taken is None:
            self._taken = list(_taken(self.document, self.body))
        return self._taken

    @property
    def people(self) -> list[PersonRef]:
        """Everybody whom it names, with the place of each."""
        if self._people is None:
            self._people = list(_people(self.body))
        return self._people


def _taken(document: Document, body: Partner) -> Iterator[GrantRef]:
    cap, name = body.spec.until, body.metadata.name
    places: list[tuple[str | None, Path, Sequence[str | GroupAccess]]] = [
        (None, ("spec", "access"), body.spec.access)
    ]
    for number, team in present_teams(body):
        places.append((team.name, ("spec", "teams", number, "access"), team.access))
    for team_name, keys, accesses in places:
        for number, access in enumerate(accesses):
            path = (*keys, number)
            if isinstance(access, str):
                yield GrantRef(document, path, name, team_name, access, "consume", cap)
            else:
                until = earlier(access.until, cap)
                yield GrantRef(document, path, name, team_name, access.group, access.level, until)


def present_teams(body: Partner) -> Iterator[tuple[int, Team]]:
    """Yield the teams that have not ended, each with its place in the list."""
    return ((number, team) for number, team in enumerate(body.spec.teams) if team.status != "ended")


def _people(body: Partner) -> Iterator[PersonRef]:
    roles: tuple[Role, Role] = ("admins", "members")
    for number, team in present_teams(body):
        for role in roles:
            people = team.admins if role == "admins" else team.members
            for place, person in enumerate(() if isinstance(people, str) else people):
                if isinstance(person, str):
                    yield PersonRef(spelled(person), None, role, number, place)
                else:
                    yield PersonRef(spelled(person.email), person.until, role, number, place)


def _has_end(person: str | Person) -> bool:
    return not isinstance(person, str) and person.until is not None


def earlier(one: str | None, other: str | None) -> str | None:
    """Return the earlier of two last days; None is no end."""
    return min(one, other) if one and other else one or other

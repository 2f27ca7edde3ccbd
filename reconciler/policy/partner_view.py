"""A view of a partner for rules: precomputed summary facts, and single entries with places on demand."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import msgspec

from reconciler.model.document import Document, FromSource, GroupAccess, Level, Partner, Person, Team
from reconciler.model.identity import normalized_domain, normalized_email
from reconciler.model.people_lock import ROLES, ListedPerson, PeopleLock, Role
from reconciler.model.source_map import Path

# Group, level and end of an access entry: all that the check of offers depends on.
Request: TypeAlias = tuple[str, Level, str | None]
AnyPerson: TypeAlias = str | Person | ListedPerson


class GrantRef(msgspec.Struct, frozen=True, gc=False):
    """Access to a group, defined at `path` of `document`, for a whole partner (`team` is None) or one team.

    `until` is the earlier of the entry's end and the partner's end.
    """

    document: Document
    path: Path
    partner: str
    team: str | None
    group: str
    level: Level
    until: str | None


class PersonRef(msgspec.Struct, frozen=True, gc=False):
    """A person of a partner: normalized address, end, role, index of the team, and the place of the entry."""

    email: str
    until: str | None
    role: Role
    team: int
    document: Document
    path: Path


class PartnerView:
    """A partner and the access that its file requests.

    Most partners violate no rule, and the sets and flags show this quickly. They are computed once, because
    traversing ten thousand documents again would take longer than the rules themselves. `taken` and `people`
    have the place of each entry and are computed only if a rule needs them.
    """

    __slots__ = (
        "_lock",
        "_own_access",
        "_people",
        "agreement",
        "body",
        "document",
        "domains",
        "ends",
        "groups",
        "has_blocked",
        "has_duplicate_access",
        "has_duplicate_people",
        "has_duplicate_teams",
        "has_external_names",
        "has_foreign_domains",
        "max_admins",
        "may_lack_admin",
        "name",
        "owner",
        "renames",
        "requests",
        "sources",
        "status",
        "team_sizes",
        "type",
    )

    def __init__(self, document: Document, body: Partner, lock: PeopleLock) -> None:
        spec, teams = body.spec, body.spec.teams
        self._lock = lock
        self.document = document
        self.body = body
        self.name = body.metadata.name
        self.type = spec.type
        self.status = spec.status
        self.owner = spec.owner
        self.agreement = spec.agreement
        self.has_blocked = bool(spec.blocked)
        self.renames = bool(body.metadata.previously)
        self.has_external_names = body.metadata.external_name is not None
        self.domains = tuple(map(normalized_domain, spec.domains))
        self.max_admins = 0
        # The number of people of each team that has not ended, by its index.
        self.team_sizes: dict[int, int] = {}
        # True if a team has no admins, or only admins with an end.
        self.may_lack_admin = False
        self.ends = [spec.until] if spec.until else []
        self._people: list[PersonRef] | None = None
        self._own_access: list[GrantRef] | None = None
        accesses, names = list(spec.access), set()
        people: list[AnyPerson] = []
        self.sources: frozenset[str] = frozenset()
        for number, team in enumerate(teams):
            names.add(team.name)
            if team.previously:
                self.renames = True
            if team.external_name is not None:
                self.has_external_names = True
            for given in (team.admins, team.members):
                if isinstance(given, FromSource):
                    self.sources |= {given.source}
            if team.status == "ended":
                continue
            accesses += team.access
            known, members = self.in_role(number, "admins"), self.in_role(number, "members") or ()
            admins = known or ()
            people += admins
            people += members
            self.team_sizes[number] = len(admins) + len(members)
            self.max_admins = max(self.max_admins, len(admins))
            if known is not None and all(map(_has_end, known)):
                self.may_lack_admin = True
        self.has_duplicate_teams = len(names) != len(teams)
        self._scan_access(accesses, spec.until)
        self._scan_people(people)

    def uses(self, lock: PeopleLock) -> bool:
        """Return whether the people from sources are those of a lock."""
        return self._lock is lock

    def _scan_access(self, accesses: Sequence[str | GroupAccess], cap: str | None) -> None:
        self.requests: list[Request] = []
        self.groups: set[str] = set()
        for access in accesses:
            if isinstance(access, str):
                request: Request = access, "consume", cap
            else:
                until = access.until
                if until:
                    self.ends.append(until)
                request = access.group, access.level, earlier(until, cap)
            self.requests.append(request)
            self.groups.add(request[0])
        self.has_duplicate_access = len(self.groups) != len(accesses)

    def in_role(self, number: int, role: Role) -> Sequence[AnyPerson] | None:
        """Return the people of a team in a role, or None if they come from a source and were never read.

        People from a source whom the partner blocks are left out, as they are in the portal.
        """
        team = self.body.spec.teams[number]
        given = team.admins if role == "admins" else team.members
        if isinstance(given, tuple):
            return given
        if given == "delegated":
            return ()
        found = self._lock.people(self.document, number, role)
        if found is None or not self.has_blocked:
            return found
        blocked = set(map(normalized_email, self.body.spec.blocked))
        return [each for each in found if blocked.isdisjoint(map(normalized_email, addresses(each)))]

    def _scan_people(self, people: Sequence[AnyPerson]) -> None:
        emails = []
        for person in people:
            if isinstance(person, str):
                emails.append(person.lower() if person.isascii() else normalized_email(person))
            else:
                emails.append(normalized_email(person.email))
                if person.until:
                    self.ends.append(person.until)
        self.has_duplicate_people = len(set(emails)) != len(emails) and self._may_list_twice()
        used = {email.rpartition("@")[2] for email in emails} if self.domains else set()
        self.has_foreign_domains = not used.issubset(self.domains)

    def _may_list_twice(self) -> bool:
        """Return whether a team lists a person twice, or has ended and may do so."""
        for number in self.team_sizes:
            listed = [person for role in ROLES for person in self.in_role(number, role) or ()]
            emails = {normalized_email(each if isinstance(each, str) else each.email) for each in listed}
            if len(emails) != len(listed):
                return True
        return len(self.team_sizes) != len(self.body.spec.teams)

    @property
    def own_access(self) -> list[GrantRef]:
        """All access that the partner's file requests, with the place of each entry."""
        if self._own_access is None:
            self._own_access = list(_own_access(self.document, self.body))
        return self._own_access

    @property
    def people(self) -> list[PersonRef]:
        """All people of the partner, with the place of each entry."""
        if self._people is None:
            self._people = [
                person for number, _ in current_teams(self.body) for person in self._in_team(number)
            ]
        return self._people

    def _in_team(self, team: int) -> Iterator[PersonRef]:
        """Yield the people of a team. An admin whom a source lists as a member too is an admin only."""
        admins: set[str] = set()
        for role in ROLES:
            for number, person in enumerate(self.in_role(team, role) or ()):
                email = normalized_email(person if isinstance(person, str) else person.email)
                until = None if isinstance(person, str) else person.until
                if isinstance(person, ListedPerson):
                    if email not in admins:
                        origin = person.origin
                        yield PersonRef(email, until, role, team, origin.document, origin.path)
                else:
                    path = ("spec", "teams", team, role, number)
                    yield PersonRef(email, until, role, team, self.document, path)
                if role == "admins":
                    admins.add(email)


def _own_access(document: Document, body: Partner) -> Iterator[GrantRef]:
    cap, name = body.spec.until, body.metadata.name
    places: list[tuple[str | None, Path, Sequence[str | GroupAccess]]] = [
        (None, ("spec", "access"), body.spec.access)
    ]
    for number, team in current_teams(body):
        places.append((team.name, ("spec", "teams", number, "access"), team.access))
    for team_name, keys, accesses in places:
        for number, access in enumerate(accesses):
            path = (*keys, number)
            if isinstance(access, str):
                yield GrantRef(document, path, name, team_name, access, "consume", cap)
            else:
                until = earlier(access.until, cap)
                yield GrantRef(document, path, name, team_name, access.group, access.level, until)


def current_teams(body: Partner) -> Iterator[tuple[int, Team]]:
    """Yield the teams that have not ended, each with its index in the list."""
    return ((number, team) for number, team in enumerate(body.spec.teams) if team.status != "ended")


def addresses(person: ListedPerson) -> tuple[str, ...]:
    """Return all addresses of a person."""
    return (person.email, *person.previously)


def _has_end(person: AnyPerson) -> bool:
    return not isinstance(person, str) and person.until is not None


def earlier(one: str | None, other: str | None) -> str | None:
    """Return the earlier of two last days; None means no end."""
    return min(one, other) if one and other else one or other


class PartnerViews:
    """The views of partners, made once for contexts that share documents, such as a branch and its base."""

    def __init__(self) -> None:
        self._known: dict[int, PartnerView] = {}

    def of(self, document: Document, body: Partner, lock: PeopleLock) -> PartnerView:
        """Return the view of a document; people from a source are those of this lock."""
        known = self._known.get(id(document))
        if known is None or (known.sources and not known.uses(lock)):
            known = self._known[id(document)] = PartnerView(document, body, lock)
        return known

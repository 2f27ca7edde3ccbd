"""A view of a partner for rules: precomputed summary facts, and single entries with places on demand."""

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from reconciler.model.document import Document, FromSource, GroupAccess, Level, Partner, Person, Team
from reconciler.model.source_map import Path
from reconciler.policy.tolerant import normalized_domain, normalized_email

# Group, level and end of an access entry: all that the check of offers depends on.
Request: TypeAlias = tuple[str, Level, str | None]
Role: TypeAlias = Literal["admins", "members"]


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
    """A person in a partner's file: normalized address, end, role, and the indexes of team and entry."""

    email: str
    until: str | None
    role: Role
    team: int
    number: int

    @property
    def path(self) -> Path:
        """The path of the person in the document."""
        return ("spec", "teams", self.team, self.role, self.number)


class PartnerView:
    """A partner and the access that its file requests.

    Most partners violate no rule, and the sets and flags show this quickly. They are computed once, because
    traversing ten thousand documents again would take longer than the rules themselves. `taken` and `people`
    have the place of each entry and are computed only if a rule needs them.
    """

    __slots__ = (
        "_own_access",
        "_people",
        "agreement",
        "body",
        "document",
        "ends",
        "groups",
        "has_blocked",
        "has_duplicate_access",
        "has_duplicate_people",
        "has_duplicate_teams",
        "has_foreign_domains",
        "max_admins",
        "may_lack_admin",
        "name",
        "owner",
        "renames",
        "requests",
        "sources",
        "status",
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
        self.has_blocked = bool(spec.blocked)
        self.renames = bool(body.metadata.previously)
        self.max_admins = 0
        # True if a team has no admins, or only admins with an end.
        self.may_lack_admin = False
        self.ends = {spec.until} if spec.until else set()
        self._people: list[PersonRef] | None = None
        self._own_access: list[GrantRef] | None = None
        accesses, names = list(spec.access), set()
        people: list[str | Person] = []
        self.sources: set[str] = set()
        for team in teams:
            names.add(team.name)
            self.renames = self.renames or bool(team.previously)
            self.sources.update(
                each.source for each in (team.admins, team.members) if isinstance(each, FromSource)
            )
            if team.status == "ended":
                continue
            accesses += team.access
            people += (*team.listed_admins, *team.listed_members)
            self.max_admins = max(self.max_admins, len(team.listed_admins))
            self.may_lack_admin = self.may_lack_admin or all(map(_has_end, team.listed_admins))
        self.has_duplicate_teams = len(names) != len(teams)
        self._scan_access(accesses, spec.until)
        self._scan_people(people, spec.domains)

    def _scan_access(self, accesses: Sequence[str | GroupAccess], cap: str | None) -> None:
        self.requests: set[Request] = set()
        for access in accesses:
            if isinstance(access, str):
                self.requests.add((access, "consume", cap))
            else:
                until = access.until
                if until:
                    self.ends.add(until)
                self.requests.add((access.group, access.level, earlier(until, cap)))
        self.groups = {ask[0] for ask in self.requests}
        self.has_duplicate_access = len(self.groups) != len(accesses)

    def _scan_people(self, people: Sequence[str | Person], domains: Sequence[str]) -> None:
        emails = []
        for person in people:
            if isinstance(person, str):
                emails.append(person.lower() if person.isascii() else normalized_email(person))
            else:
                emails.append(normalized_email(person.email))
                if person.until:
                    self.ends.add(person.until)
        self.has_duplicate_people = len(set(emails)) != len(emails)
        known = {normalized_domain(domain) for domain in domains}
        self.has_foreign_domains = bool(known) and not {email.rpartition("@")[2] for email in emails} <= known

    @property
    def own_access(self) -> list[GrantRef]:
        """All access that the partner's file requests, with the place of each entry."""
        if self._own_access is None:
            self._own_access = list(_own_access(self.document, self.body))
        return self._own_access

    @property
    def people(self) -> list[PersonRef]:
        """All people in the partner's file, with the place of each entry."""
        if self._people is None:
            self._people = list(_people(self.body))
        return self._people


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


def _people(body: Partner) -> Iterator[PersonRef]:
    roles: tuple[Role, Role] = ("admins", "members")
    for number, team in current_teams(body):
        for role in roles:
            people = team.listed_admins if role == "admins" else team.listed_members
            for place, person in enumerate(people):
                if isinstance(person, str):
                    yield PersonRef(normalized_email(person), None, role, number, place)
                else:
                    yield PersonRef(normalized_email(person.email), person.until, role, number, place)


def _has_end(person: str | Person) -> bool:
    return not isinstance(person, str) and person.until is not None


def earlier(one: str | None, other: str | None) -> str | None:
    """Return the earlier of two last days; None means no end."""
    return min(one, other) if one and other else one or other

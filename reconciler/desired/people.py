"""The people of teams, as files and people.lock define them, by their canonical addresses."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from reconciler.model.document import Document, Origin, Partner
from reconciler.model.identity import canonical_email
from reconciler.model.people_lock import ROLES, ListedPerson, PeopleLock, Role

# What the memberships of a role are called. Admins come first: an admin is not also a member.
TITLES: Final[Mapping[Role, str]] = {"admins": "admin", "members": "member"}


class TeamPerson(NamedTuple):
    """A person of a team. `formers` are former addresses that nobody else has now."""

    email: str
    until: str | None
    origin: Origin
    formers: tuple[str, ...] = ()


class People:
    """The people of all teams."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._lock = PeopleLock(documents)
        # An address that another person has now is not that of its former owner any more.
        self._in_use = frozenset(map(canonical_email, self._lock.addresses() if self._lock.renamed else ()))

    def of(self, document: Document, number: int, role: Role) -> Iterator[TeamPerson] | None:
        """Return the people of a team in a role, or None if they come from a source and were never read."""
        found = self._lock.people(document, number, role)
        return None if found is None else map(self._person, found)

    def with_all_addresses(self, document: Document, blocked: Iterable[str]) -> frozenset[str]:
        """Return the blocked addresses of a partner, with all other addresses of the same people."""
        found = frozenset(blocked)
        if not found or not self._lock.renamed or not isinstance(document.body, Partner):
            return found
        people = (
            {person.email, *person.formers}
            for number in range(len(document.body.spec.teams))
            for role in ROLES
            for person in self.of(document, number, role) or ()
            if person.formers
        )
        return found.union(*(addresses for addresses in people if not found.isdisjoint(addresses)))

    def _person(self, person: ListedPerson) -> TeamPerson:
        email, origin = canonical_email(person.email), Origin(person.document, person.path)
        if not person.previously:
            return TeamPerson(email, person.until, origin)
        formers = dict.fromkeys(map(canonical_email, person.previously))
        return TeamPerson(
            email, person.until, origin, tuple(each for each in formers if each not in self._in_use)
        )

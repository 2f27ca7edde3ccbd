"""The people of teams, as files and people.lock define them, by their canonical addresses."""

from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.model.document import Document, Partner
from reconciler.model.identity import canonical_email
from reconciler.model.people_lock import ROLES, ListedPerson, PeopleLock, Role

# What the memberships of a role are called. Admins come first: an admin is not also a member.
TITLES: Final[Mapping[Role, str]] = {"admins": "admin", "members": "member"}


class People:
    """The people of all teams."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._lock = PeopleLock(documents)
        # An address that another person has now is not that of its former owner any more.
        self._in_use = frozenset(map(canonical_email, self._lock.addresses() if self._lock.renamed else ()))

    def of(self, document: Document, number: int, role: Role) -> list[ListedPerson] | None:
        """Return the people of a team in a role, or None if they come from a source and were never read."""
        return self._lock.people(document, number, role)

    def former_addresses(self, person: ListedPerson) -> tuple[str, ...]:
        """Return the former addresses of a person that nobody else has now."""
        formers = dict.fromkeys(map(canonical_email, person.previously))
        return tuple(each for each in formers if each not in self._in_use)

    def with_all_addresses(self, document: Document, blocked: Iterable[str]) -> frozenset[str]:
        """Return the blocked addresses of a partner, with all other addresses of the same people."""
        found = frozenset(blocked)
        if not found or not self._lock.renamed or not isinstance(document.body, Partner):
            return found
        people = (
            {canonical_email(person.email), *formers}
            for number in range(len(document.body.spec.teams))
            for role in ROLES
            for person in self.of(document, number, role) or ()
            if (formers := self.former_addresses(person))
        )
        return found.union(*(addresses for addresses in people if not found.isdisjoint(addresses)))

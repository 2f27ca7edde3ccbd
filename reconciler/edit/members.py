"""Add people to a team, or remove them, as operations on its document."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from reconciler.edit.access import drop_keys, holder_of
from reconciler.edit.operations import Extend, Operation, Put, RemoveEach, Replace
from reconciler.edit.people import address_in
from reconciler.edit.people_csv import ListedPerson
from reconciler.edit.sources import hint_to_add, hint_to_remove, is_from_source, require_in_file
from reconciler.errors import InputError
from reconciler.model.identity import canonical_email
from reconciler.model.people_lock import Role
from reconciler.model.source_map import Path

_MOST_NAMED: Final = 5


class MemberChanges(msgspec.Struct, frozen=True):
    """The operations that change a team, and the people for whom nothing changes."""

    operations: list[Operation]
    unchanged: tuple[str, ...] = ()


def added(data: Any, team: str, people: Sequence[ListedPerson], without: Sequence[str] = ()) -> MemberChanges:
    """Return what adds people, or changes their last day. Raises InputError that lists all who are refused.

    People whose role is `admin` become admins; members keep their last day then. `without` are keys to remove
    from the entries of people.
    """
    additions = _Additions(_Team(data, team), without)
    additions.require_in_file(people)
    for person in people:
        additions.add(person)
    if additions.refused:
        raise InputError("\n".join(additions.refused), "add them as admins to change their last day")
    return MemberChanges(additions.operations(), tuple(additions.unchanged))


def removed(data: Any, team: str, people: Sequence[ListedPerson], role: Role) -> MemberChanges:
    """Return what removes people with a role. Raises InputError that lists all who do not have it."""
    roster = _Team(data, team)
    roster.require_in_file(role, hint_to_remove(", ".join(each.email for each in people[:_MOST_NAMED])))
    if role == "members":
        roster.require_listed()
    found = [roster.index(role, person) for person in people]
    wrong = [person for person, at in zip(people, found, strict=True) if at is None]
    if wrong:
        lines = [f"{_at(person)}{person.email} is {roster.instead_of(role, person)}" for person in wrong]
        raise InputError("\n".join(lines), roster.hint(role, wrong[0]))
    gone = frozenset(at for at in found if at is not None)
    if role == "admins" and len(gone) == len(roster.people["admins"]):
        hint = f"add another one first: reconciler member add {roster.name} EMAIL --admin"
        raise InputError(f"{roster.name} would have no admin any more", hint)
    return MemberChanges([RemoveEach((*roster.path, role), gone)])


class _Additions:
    """Collects what adds people to a team."""

    def __init__(self, team: "_Team", without: Sequence[str]) -> None:
        self._team = team
        self._without = without
        self._new: dict[Role, list[Any]] = {"admins": [], "members": []}
        self._promoted = set[int]()
        self._changes = list[Operation]()
        self.unchanged = list[str]()
        self.refused = list[str]()

    def require_in_file(self, people: Sequence[ListedPerson]) -> None:
        """Raise InputError if a source decides about people with one of these roles."""
        for role in sorted({_role(each) for each in people}):
            self._team.require_in_file(role, hint_to_add())

    def add(self, person: ListedPerson) -> None:
        """Add a person, or change their last day."""
        role = _role(person)
        if role == "members":
            self._team.require_listed()
        at = self._team.index(role, person)
        if at is None:
            self._add_new(person, role)
            return
        changes = list(self._end_changed(role, at, person.until))
        self._changes += changes
        self.unchanged += [] if changes else [person.email]

    def operations(self) -> list[Operation]:
        """Return what was collected; indices are those before all changes."""
        path = self._team.path
        new = [Extend((*path, role), entries) for role, entries in self._new.items() if entries]
        gone = [RemoveEach((*path, "members"), frozenset(self._promoted))] if self._promoted else []
        return [*self._changes, *new, *gone]

    def _add_new(self, person: ListedPerson, role: Role) -> None:
        other = self._team.index("members" if role == "admins" else "admins", person)
        if other is None:
            self._new[role].append(_entry(person.email, person.until))
        elif role == "admins":
            self._promoted.add(other)
            self._new[role].append(self._promote(other, person.until))
        elif person.until or self._without:
            self.refused.append(f"{_at(person)}{person.email} is an admin of {self._team.name}")
        else:
            self.unchanged.append(person.email)

    def _promote(self, at: int, until: str) -> Any:
        """Return the entry of a member who becomes an admin."""
        entry = self._team.people["members"][at]
        kept = "" if isinstance(entry, str) or "until" in self._without else entry.get("until", "")
        return _entry(address_in(entry), until or kept)

    def _end_changed(self, role: Role, at: int, until: str) -> Iterator[Operation]:
        """Yield the operations that change the last day of a person, if it differs."""
        path: Path = (*self._team.path, role, at)
        entry = self._team.people[role][at]
        if self._without:
            yield from drop_keys(path, entry, self._without)
        elif isinstance(entry, str):
            if until:
                yield Replace(path, {"email": entry, "until": until})
        elif until and entry.get("until") != until:
            yield Put(path, "until", until)


class _Team:
    """A team in its document, with lookups of its people."""

    def __init__(self, data: Any, team: str) -> None:
        self.name = f"{data['metadata']['name']}/{team}"
        self.path, self._entry = holder_of(data, team)
        members = self._entry.get("members", "delegated")
        self._is_listed = isinstance(members, list)
        self.people: dict[Role, Sequence[Any]] = {
            "admins": [] if is_from_source(self._entry, "admins") else self._entry["admins"],
            "members": members if self._is_listed else [],
        }
        self._indices = {
            role: {canonical_email(address_in(each)): at for at, each in enumerate(entries)}
            for role, entries in self.people.items()
        }

    def index(self, role: Role, person: ListedPerson) -> int | None:
        """Return the index of a person, whatever the spelling of the address."""
        return self._indices[role].get(canonical_email(person.email))

    def require_in_file(self, role: Role, hint: str) -> None:
        """Raise InputError if the people of a role come from a source."""
        require_in_file(self.name, self._entry, role, hint)

    def require_listed(self) -> None:
        """Raise InputError if the members are delegated."""
        if not self._is_listed:
            admins = ", ".join(map(address_in, self.people["admins"]))
            raise InputError(
                f"the members of {self.name} are delegated to its admins",
                f"ask the admins: {admins}" if admins else "the team has no admin; add one in the file first",
            )

    def instead_of(self, role: Role, person: ListedPerson) -> str:
        """Return what a person is who does not have a role."""
        if role == "members" and self.index("admins", person) is not None:
            return f"an admin of {self.name}"
        return f"not {'an admin' if role == 'admins' else 'a member'} of {self.name}"

    def hint(self, role: Role, person: ListedPerson) -> str:
        """Return how to go on with a person who does not have a role."""
        if role == "members" and self.index("admins", person) is not None:
            return "--admin removes admins"
        listed = ", ".join(map(address_in, self.people[role][:_MOST_NAMED]))
        more = ", …" if len(self.people[role]) > _MOST_NAMED else ""
        return f"its {role}: {listed}{more}" if listed else f"it has no {role}"


def _role(person: ListedPerson) -> Role:
    return "admins" if person.role == "admin" else "members"


def _at(person: ListedPerson) -> str:
    return f"{person.place}: " if person.place else ""


def _entry(email: str, until: str) -> Any:
    return {"email": email, "until": until} if until else email

"""Check people.lock against the teams that take their people from a source."""

from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.document import Document, FromSource, LockedPerson, People
from reconciler.model.identity import normalized_email
from reconciler.model.people_lock import ROLES, Role
from reconciler.model.source_map import Path
from reconciler.policy.context import Violation
from reconciler.policy.index import Index
from reconciler.policy.partner_view import current_teams
from reconciler.policy.tolerant import place

_PULL: Final = "run `reconciler people pull`"


def people_not_pulled(index: Index) -> Iterator[Violation]:
    """Report teams whose people come from a source that was never read.

    Until then, nobody is added to the team in that role, and people who have it in the portal keep it.
    """
    if not index.is_whole("People"):
        return
    for holder in index.current_partners:
        for number, team in current_teams(holder.body) if holder.sources else ():
            unread = {
                role: given.source
                for role, given in zip(ROLES, (team.admins, team.members), strict=True)
                if isinstance(given, FromSource) and index.lock.people(holder.document, number, role) is None
            }
            if unread:
                name = f"{holder.name}/{team.name}"
                sources = " and ".join(f'"{each}"' for each in dict.fromkeys(unread.values()))
                message = f'the {" and ".join(unread)} of team "{name}" were never read from source {sources}'
                message = f"{message}: nobody is added or removed"
                path = ("spec", "teams", number, next(iter(unread)), "from")
                yield Violation(holder.document, path, message, _PULL, id=f"team/{name}")


def unused_people(index: Index) -> Iterator[Violation]:
    """Report rows of people.lock that make nobody a member.

    Their team is not defined, does not take its people from a source, or takes them from another one.
    """
    lock = index.lock.document
    if lock is None or not index.is_whole("Partner"):
        return
    for rows in index.lock.unused(index.documents):
        _, _, team, role = rows.path
        message = f"{counted(rows.number, 'row')} of the {role} of {team} {_has(rows.number)} no effect"
        yield Violation(
            lock, rows.path, f"{message}: {rows.reason}", f"{_PULL}, which removes {_them(rows.number)}"
        )


def duplicate_in_lock(index: Index) -> Iterator[Violation]:
    """Report people, and addresses, that people.lock has twice in one role of a team."""
    lock = index.lock.document
    if lock is not None and isinstance(lock.body, People):
        for team, entry in lock.body.spec.teams.items():
            yield from _twice(lock, entry.admins or (), team, "admins")
            yield from _twice(lock, entry.members or (), team, "members")


def second_lock(index: Index) -> Iterator[Violation]:
    """Report a second document in people.lock."""
    for other in index.of_kind("People")[1:]:
        first = place(index.of_kind("People")[0], ("metadata", "name"))
        message = f"the people of directories are already defined at {first}"
        hint = "keep one document in people.lock, with all teams"
        yield Violation(other, ("metadata", "name"), message, hint)


def _twice(lock: Document, people: Iterable[LockedPerson], team: str, role: Role) -> Iterator[Violation]:
    seen: dict[tuple[str, str], Path] = {}
    for number, person in enumerate(people):
        path = ("spec", "teams", team, role, number)
        emails = dict.fromkeys(map(normalized_email, (person.email, *person.previously)))
        facts = [(person.source, person.id), *(("", each) for each in emails)]
        for source, value in facts:
            first = seen.setdefault((source, value), path)
            if first is not path:
                message = f"{value} is already in the {role} of {team} at {place(lock, first)}"
                yield Violation(lock, path, message, f"{_PULL}, or remove one of the rows")
                break


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _them(number: int) -> str:
    return "it" if number == 1 else "them"

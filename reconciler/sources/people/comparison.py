"""Compare two states of `people.lock`: changes by person, and who leaves a team."""

from collections.abc import Iterable, Iterator

from reconciler.model.people import LockedPerson
from reconciler.model.people_pull import Action, LeavingPerson, Lists, PersonChange, TeamRole


def changes(before: Lists, after: Lists) -> tuple[PersonChange, ...]:
    """Return the changes in roles that have a list afterwards, sorted by team, role and address."""
    found = [
        each
        for place, people in sorted(after.items())
        for each in sorted(
            _of_role(place, before.get(place, ()), people), key=lambda each: (each.email, each.action)
        )
    ]
    return tuple(found)


def leaving(before: Lists, after: Lists, roles: Iterable[TeamRole]) -> tuple[LeavingPerson, ...]:
    """Return who is in one of these roles before, and in no role of that team afterwards.

    An id that is replaced by another one of the same source leaves. A person with the same address from
    another source does not.
    """
    ids, others = _by_team(after)
    found = {
        LeavingPerson(place.team, each.source, each.id, each.email)
        for place in roles
        for each in before.get(place, ())
        if (place.team, each.source, each.id) not in ids
        and not (others.get((place.team, each.email), set()) - {each.source})
    }
    return tuple(sorted(found))


def _by_team(lists: Lists) -> tuple[set[tuple[str, str, str]], dict[tuple[str, str], set[str]]]:
    """Return the ids in each team, and the sources of each address in it."""
    ids: set[tuple[str, str, str]] = set()
    sources: dict[tuple[str, str], set[str]] = {}
    for place, people in lists.items():
        for each in people:
            ids.add((place.team, each.source, each.id))
            sources.setdefault((place.team, each.email), set()).add(each.source)
    return ids, sources


def _of_role(
    place: TeamRole, before: tuple[LockedPerson, ...], after: tuple[LockedPerson, ...]
) -> Iterator[PersonChange]:
    old = {(each.source, each.id): each for each in before}
    new = {(each.source, each.id): each for each in after}
    gone = {each.email: each for key, each in old.items() if key not in new}
    for key, each in new.items():
        if key in old and old[key].email != each.email:
            yield _change(place, each, "address", previous_email=old[key].email)
        elif key not in old and each.email in gone:
            yield _change(place, each, "id", previous_id=gone.pop(each.email).id)
        elif key not in old:
            yield _change(place, each, "add")
    for each in gone.values():
        yield _change(place, each, "remove")


def _change(place: TeamRole, person: LockedPerson, action: Action, **former: str) -> PersonChange:
    return PersonChange(
        team=place.team,
        role=place.role,
        action=action,
        source=person.source,
        id=person.id,
        email=person.email,
        **former,
    )

"""The text of `people.lock`: one line for each person, sorted; equal lists give equal bytes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from reconciler.edit.rename import Rename
from reconciler.edit.yaml.scalars import flow, scalar
from reconciler.model.field_types import API_VERSION
from reconciler.model.people import LockedPerson, People, TeamPeople
from reconciler.model.people_lock import ROLES
from reconciler.model.people_pull import Lists, TeamRole
from reconciler.model.references import Reference

_HEAD: Final = f"""\
# Written by `reconciler people pull`. Change the groups in the directory, not this file.
apiVersion: {API_VERSION}
kind: People
metadata:
  name: people
spec:
"""


def people_text(lists: Lists) -> str:
    """Return the content of the file with these lists."""
    return _HEAD + "".join(f"{line}\n" for line in _teams(lists))


def renamed_people(people: People, rename: Rename) -> str | None:
    """Return the content of the file after a rename, or None if it has no rows of what is renamed.

    Rows under the new name are replaced: no team has that name.
    """
    names = {team: rename.applied(Reference("Team", team, ())) for team in people.spec.teams}
    changed = {new: people.spec.teams[old] for old, new in names.items() if new != old}
    kept = {old: people.spec.teams[old] for old, new in names.items() if new == old}
    return people_text(dict(_lists(kept | changed))) if changed else None


def _lists(teams: Mapping[str, TeamPeople]) -> Iterator[tuple[TeamRole, tuple[LockedPerson, ...]]]:
    for team, entry in teams.items():
        if entry.admins is not None:
            yield TeamRole(team, "admins"), entry.admins
        if entry.members is not None:
            yield TeamRole(team, "members"), entry.members


def _teams(lists: Lists) -> Iterator[str]:
    teams = sorted({place.team for place in lists})
    if not teams:
        yield "  teams: {}"
        return
    roles = {(place.team, place.role): people for place, people in lists.items()}
    yield "  teams:"
    for team in teams:
        yield f"    {scalar(team)}:"
        for role in ROLES:
            if (team, role) in roles:
                yield from _role(role, roles[team, role])


def _role(role: str, people: Iterable[LockedPerson]) -> Iterator[str]:
    rows = sorted(people, key=lambda each: (each.email, each.source, each.id))
    if not rows:
        yield f"      {role}: []"
        return
    yield f"      {role}:"
    for each in rows:
        yield f"        - {{{_person(each)}}}"


def _person(person: LockedPerson) -> str:
    written = f"source: {scalar(person.source)}, id: {_quoted(person.id)}, email: {scalar(person.email)}"
    if not person.previously:
        return written
    return f"{written}, previously: {flow(list(person.previously))}"


def _quoted(person_id: str) -> str:
    """Return an id in quotes, because many ids look like numbers to readers of YAML."""
    is_simple = person_id.isascii() and not {'"', "\\"} & set(person_id)
    return f'"{person_id}"' if is_simple else flow(person_id, quote='"')

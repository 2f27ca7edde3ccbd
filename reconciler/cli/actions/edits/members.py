"""Add and remove people in a partner's file."""

from collections.abc import Callable, Sequence
from typing import Final

import click
import msgspec

from reconciler import edit
from reconciler.cli import console
from reconciler.cli.actions.edits.csv_files import read_csv
from reconciler.cli.actions.edits.edit_files import EditOptions, Files, edit_files
from reconciler.cli.actions.edits.edit_values import last_day, named_team, removed_keys
from reconciler.errors import InputError
from reconciler.model.counting import counted
from reconciler.model.document import Document
from reconciler.model.identity import canonical_email
from reconciler.model.people_lock import Role
from reconciler.render.text.style import listed
from reconciler.workflow.edit import DocumentEdit, Edits

_MOST_NAMED: Final = 5


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A team, and the people as arguments and options name them."""

    team: str
    emails: tuple[str, ...]
    csv: str | None


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """The role and the end of memberships, as options describe them."""

    admin: bool
    until: str | None
    no_until: bool
    past: bool


def add_members(options: EditOptions, given: Listed, membership: Membership) -> int:
    """Add people to a team. Raises click.UsageError, InputError, PolicyError."""
    without = removed_keys({"until": (membership.until, membership.no_until)})
    until = last_day(membership.until, options.day, past=membership.past)
    named = _people(given)
    if not membership.past:
        _require_not_past(named, options.today())
    people = [_completed(each, membership, until) for each in named]
    if without and any(each.until for each in people):
        raise click.UsageError("--no-until and a last day in the CSV file exclude each other.")
    _, name = named_team(given.team)
    return _edit(options, given.team, lambda document: edit.added(document.data, name, people, without))


def remove_members(options: EditOptions, given: Listed, *, admin: bool) -> int:
    """Remove members of a team, or its admins. Raises click.UsageError, InputError, PolicyError."""
    people = _people(given)
    _, name = named_team(given.team)
    role: Role = "admins" if admin else "members"
    return _edit(options, given.team, lambda document: edit.removed(document.data, name, people, role))


def _edit(options: EditOptions, team: str, change: Callable[[Document], edit.MemberChanges]) -> int:
    partner, _ = named_team(team)

    def edits(files: Files) -> Edits:
        document = files.document("Partner", partner)
        changes = change(document)
        if changes.operations and changes.unchanged:
            console.log(f"Already in {team}, unchanged: {listed(changes.unchanged, _MOST_NAMED)}.")
        return Edits((DocumentEdit(document, changes.operations),))

    return edit_files(options, edits)


def _people(given: Listed) -> Sequence[edit.ListedPerson]:
    """Return all people who are named, once each. Raises InputError that lists everything that is wrong."""
    named_team(given.team)
    table = read_csv(given.csv) if given.csv is not None else edit.People()
    if given.csv is None and not given.emails:
        raise click.UsageError("Name at least one e-mail address, or a file with --csv.")
    wrong = [problem for email in given.emails if (problem := edit.problem("admins", email)) is not None]
    lines = [*(problem.message for problem in wrong), *table.problems]
    if lines:
        raise InputError("\n".join(lines), wrong[0].hint if wrong else "nothing was written")
    people: dict[str, edit.ListedPerson] = {}
    for each in (*map(_named, given.emails), *table.people):
        people.setdefault(canonical_email(each.email), each)
    repeated = len(given.emails) + len(table.people) + table.repeated - len(people)
    if repeated:
        console.log(f"Note: {counted(repeated, 'repeated address', 'repeated addresses')} ignored.")
    if table.ignored:
        console.log(f"Note: columns not used: {listed(table.ignored)}.")
    return list(people.values())


def _named(email: str) -> edit.ListedPerson:
    return edit.ListedPerson(email=email)


def _require_not_past(people: Sequence[edit.ListedPerson], today: str) -> None:
    """Raise InputError that lists all rows whose last day has passed."""
    early = {each.place: edit.too_early(each.until, today) for each in people if each.until}
    wrong = [f"{place}: {problem.message}" for place, problem in early.items() if problem is not None]
    if wrong:
        raise InputError("\n".join(wrong), "use today or a later day, or add --past")


def _completed(person: edit.ListedPerson, membership: Membership, until: str) -> edit.ListedPerson:
    """Return a person with the role and the last day of the options where their row has none."""
    role = person.role or ("admin" if membership.admin else "member")
    return msgspec.structs.replace(person, until=person.until or until, role=role)

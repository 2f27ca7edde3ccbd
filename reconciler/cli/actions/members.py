"""Add and remove members in a partner's file."""

import msgspec

from reconciler import edit
from reconciler.cli.actions.edit_files import EditOptions, Files, edit_files
from reconciler.cli.actions.edit_values import last_day, removed_keys, split_team
from reconciler.errors import InputError
from reconciler.workflow.edit import DocumentEdit, Edits


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a membership, as options describe it."""

    until: str | None
    no_until: bool
    past: bool


def add_member(options: EditOptions, team: str, email: str, end: End) -> int:
    """Add a person to a team. Raises click.UsageError, InputError, PolicyError."""
    partner, name = _split(team)
    problem = edit.problem("admins", email)
    if problem is not None:
        raise InputError(problem.message, problem.hint)
    until = last_day(end.until, options.day, past=end.past)
    without = removed_keys({"until": (end.until, end.no_until)})

    def edits(files: Files) -> Edits:
        document = files.document("Partner", partner)
        return Edits((DocumentEdit(document, edit.added(document.data, name, email, until, without)),))

    return edit_files(options, edits)


def remove_member(options: EditOptions, team: str, email: str) -> int:
    """Remove a person from a team. Raises InputError, PolicyError."""
    partner, name = _split(team)

    def edits(files: Files) -> Edits:
        document = files.document("Partner", partner)
        return Edits((DocumentEdit(document, edit.removed(document.data, name, email, document.file)),))

    return edit_files(options, edits)


def _split(team: str) -> tuple[str, str]:
    """Return partner and team. Raises InputError where one of them is missing."""
    partner, name = split_team(team)
    if not (partner and name):
        raise InputError(f'"{team}" is not a team', "write it as PARTNER/TEAM")
    return partner, name

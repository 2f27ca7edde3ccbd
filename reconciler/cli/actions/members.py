"""Add and remove members in a partner's file."""

import msgspec

from reconciler import edit
from reconciler.cli.actions import edit_file
from reconciler.errors import InputError


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a membership, as options describe it."""

    until: str | None
    no_until: bool
    past: bool


def add_member(config: str | None, day: str | None, team: str, email: str, end: End) -> int:
    """Add a person to a team. Raises click.UsageError, InputError, PolicyError."""
    partner, name = _split(team)
    problem = edit.problem("admins", email)
    if problem is not None:
        raise InputError(problem.message, problem.hint)
    until = edit_file.last_day(end.until, day, past=end.past)
    without = edit_file.removed_keys({"until": (end.until, end.no_until)})
    return edit_file.edit_partner(
        config, day, partner, lambda document, _: edit.added(document.data, name, email, until, without)
    )


def remove_member(config: str | None, day: str | None, team: str, email: str) -> int:
    """Remove a person from a team. Raises InputError, PolicyError."""
    partner, name = _split(team)
    return edit_file.edit_partner(
        config, day, partner, lambda document, _: edit.removed(document.data, name, email, document.file)
    )


def _split(team: str) -> tuple[str, str]:
    """Return partner and team. Raises InputError where one of them is missing."""
    partner, name = edit_file.split_team(team)
    if not (partner and name):
        raise InputError(f'"{team}" is not a team', "write it as PARTNER/TEAM")
    return partner, name

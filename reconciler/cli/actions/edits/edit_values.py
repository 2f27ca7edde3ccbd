"""Values of options that several editing commands share."""

from collections.abc import Mapping

import click

from reconciler import edit
from reconciler.cli import console, runtime
from reconciler.errors import InputError
from reconciler.model.document import Document, Partner
from reconciler.model.ids import split_team
from reconciler.model.printable import printable


def warn_if_inactive(document: Document) -> None:
    """Print a warning where a partner is not active, so that its file gives no access."""
    if isinstance(document.body, Partner) and document.body.spec.status != "active":
        where = printable(str(document.where("spec", "status")))
        console.log(
            f'Warning: {where}: partner "{document.name}" is {document.body.spec.status}: '
            "its groups give no access until it is active"
        )


def named_team(name: str) -> tuple[str, str]:
    """Return partner and team of PARTNER/TEAM. Raises InputError where one of them is missing."""
    partner, team = split_team(name)
    if not (partner and team):
        raise InputError(f'"{name}" is not a team', "write it as PARTNER/TEAM")
    return partner, team


def last_day(until: str | None, today: str | None, *, past: bool) -> str:
    """Return the given day, or an empty text. Raises InputError where it is not a date, or has passed."""
    if until is None:
        return ""
    problem = edit.problem("until", until)
    if problem is not None:
        raise InputError(f"--until: {problem.message}", problem.hint)
    early = edit.too_early(until, "" if past else runtime.today(today))
    if early is not None:
        raise InputError(f"--until: {early.message}", f"{early.hint}, or add --past")
    return until


def removed_keys(options: Mapping[str, tuple[str | None, bool]]) -> tuple[str, ...]:
    """Return the keys to remove: those with --no-KEY. `options` has each key's value, and that flag.

    Raises click.UsageError for a key with both.
    """
    for key, (value, is_removed) in options.items():
        if value is not None and is_removed:
            raise click.UsageError(f"--{key} and --no-{key} exclude each other.")
    return tuple(key for key, (_, is_removed) in options.items() if is_removed)

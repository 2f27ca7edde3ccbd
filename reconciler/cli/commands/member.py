"""`reconciler member`: who is in a team whose file lists its members."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.errors import InputError


@click.group()
def member() -> None:
    """Add people to a team whose file lists its members, and take them out."""


@member.command(
    cls=Command,
    short_help="Add a person.",
    examples=[
        ("reconciler member add acme/finance bo@acme.example", "and to the portal with the next apply")
    ],
)
@click.argument("team", metavar="PARTNER/TEAM")
@click.argument("email")
@click.option("--until", metavar="DATE", help="The last day of the membership, YYYY-MM-DD.")
@options.no_until
@options.past
@options.together(options.config, options.today, *options.everywhere)
def add(  # noqa: PLR0913, PLR0917  a parameter an option
    team: str,
    email: str,
    until: str | None,
    no_until: bool,  # noqa: FBT001  click's
    past: bool,  # noqa: FBT001
    config: str | None,
    day: str | None,
) -> int:
    """Add a person to a team, or change their last day. Of a delegated team, its admins know the members."""
    from reconciler import edit  # noqa: PLC0415  help needs none of it
    from reconciler.cli import edit_file  # noqa: PLC0415

    partner, name = _parted(team)
    problem = edit.problem("admins", email)
    if problem is not None:
        raise InputError(problem.message, problem.hint)
    end = edit_file.last_day(until, day, past=past)
    without = edit_file.removed({"until": (until, no_until)})
    return edit_file.change(
        config, day, partner, lambda document, _: edit.added(document.data, name, email, end, without)
    )


@member.command(
    cls=Command,
    short_help="Take a person out.",
    examples=[("reconciler member remove acme/finance bo@acme.example", "they lose the team's access")],
)
@click.argument("team", metavar="PARTNER/TEAM")
@click.argument("email")
@options.together(options.config, options.today, *options.everywhere)
def remove(team: str, email: str, config: str | None, day: str | None) -> int:
    """Take a person out of a team. Of a delegated team, its admins know the members."""
    from reconciler import edit  # noqa: PLC0415  help needs none of it
    from reconciler.cli import edit_file  # noqa: PLC0415

    partner, name = _parted(team)
    return edit_file.change(
        config, day, partner, lambda document, _: edit.removed(document.data, name, email, document.file)
    )


def _parted(team: str) -> tuple[str, str]:
    """Return partner and team. Raises InputError where one is missing."""
    partner, _, name = team.partition("/")
    if not (partner and name):
        raise InputError(f'"{team}" is no team', "write it as PARTNER/TEAM")
    return partner, name

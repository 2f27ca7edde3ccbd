"""`reconciler people`: the people of teams whose lists come from directories."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command, Group
from reconciler.cli.name_completion import complete_directory


@click.group(cls=Group)
def people() -> None:
    """Pull the people of teams from directories into people.lock."""


@people.command(
    cls=Command,
    short_help="Write who is in the groups of directories.",
    examples=[
        ("reconciler people pull", "then open a pull request"),
        ("reconciler people pull --dry-run", "show who joins and leaves"),
        ("reconciler people pull --only-removals", "only those who left"),
        ("reconciler people pull --format markdown > body.md", "for a pull request"),
    ],
)
@click.option(
    "--source",
    "sources",
    metavar="NAME",
    multiple=True,
    callback=options.split_names,
    shell_complete=complete_directory,
    help="Only this source, or several; by default all that teams name.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@click.option("--only-removals", is_flag=True, help="Write only who left; everything else stays.")
@click.option(
    "--allow",
    metavar="DIGEST",
    multiple=True,
    callback=options.require_digests,
    help="Let exactly the people leave for whom a limit printed this digest.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@options.combine(
    options.config,
    options.trust_variable,
    options.formats("text", "json", "markdown"),
    *options.everywhere,
)
def pull(**given: Any) -> int:
    """Read the groups that teams name, and write who is in them to people.lock.

    Nobody is removed by a list that is missing, empty or incomplete, unless the person's own entry
    confirms it. If more people leave than the limits of a source allow, nothing of that source is written.

    Exits with 3 when a limit was exceeded, and with 5 when a source or a group was not read completely. What
    is certain is written in both cases.
    """
    from reconciler.cli.actions.people_pull import PullCommand, pull_people

    return pull_people(PullCommand(**given))

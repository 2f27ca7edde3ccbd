"""`reconciler propose`: keep one pull request with the changed files of a checkout up to date."""

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.command import Command
from reconciler.cli.option_values import Number


@click.command(
    cls=Command,
    examples=[
        ("reconciler propose --branch reconciler/capture --title 'Capture changes'", "after `capture`"),
        ("reconciler propose --branch b --title t --body notes.md", "with a text in Markdown"),
        ("reconciler propose --branch b --title t people.lock", "only this file"),
        ("reconciler propose --branch b --title t --merge --wait 900 people.lock", "and merge it"),
    ],
)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--branch", metavar="NAME", required=True, help="The branch, which only this command makes.")
@click.option("--title", metavar="TEXT", required=True, help="The title of a pull request that is opened.")
@click.option("--body", metavar="FILE", type=click.Path(), help="The text of the pull request, in Markdown.")
@click.option("--base", metavar="BRANCH", help="The branch to merge into; by default that of the job.")
@click.option(
    "--merge",
    is_flag=True,
    help="Propose only what a standing approval (autoMerge) covers, and merge it.",
)
@click.option(
    "--wait",
    metavar="SECONDS",
    type=Number(min=0),
    default=0,
    show_default=True,
    help="How long --merge waits for the checks.",
)
@options.app
@options.allow_http
@options.combine(options.config, *options.everywhere)
def propose(**given: Any) -> int:
    """Commit the changed files of this checkout to a branch, and keep one pull request for it up to date.

    Without PATHs, the configuration and all files that it names count. The checkout must be at the
    newest commit of the base; it is not changed. Files are compared with that commit.

    What people committed to the branch stays: new changes are merged into it, and where both changed the same
    lines, theirs win. These files are named in the pull request. Nothing is pushed when nothing changed. The
    pull request is closed when the base has all changes, and stays closed when a person closed it, until
    there are others. A branch that another user made is refused.

    With --merge, nothing is proposed unless standing approvals of the owners cover all of it, and only
    people.lock changes. The pull request is merged when the forge allows it, at one head, and only if the
    merge adds exactly what this run computed. If another user pushed anything else, a comment says that it is
    not merged.

    GitHub starts no checks for what the token of a workflow pushes; the token of an App does.
    """
    from reconciler.cli.actions.propose import ProposeOptions, propose_changes

    return propose_changes(ProposeOptions(**given))

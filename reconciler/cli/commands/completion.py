"""`reconciler completion`: the script with which a shell completes commands."""

import click

from reconciler.cli import options
from reconciler.cli.command import Command, Group

_SHELL = click.option(
    "--shell",
    type=click.Choice(["bash", "zsh", "fish"]),
    help="The shell; by default the one in the variable SHELL.",
)


@click.group(cls=Group)
def completion() -> None:
    """Install or print the script with which a shell completes commands, options and their values."""


@completion.command(
    cls=Command,
    short_help="Write the script to where the shell finds it.",
    examples=[
        ("reconciler completion install", "for your own shell"),
        ("reconciler completion install --shell fish", "for another one"),
    ],
)
@options.combine(_SHELL, *options.everywhere)
def install(shell: str | None) -> None:
    """Write the script to the folder in which the shell looks for completions, and print its path.

    No startup file is changed. Run it again after an update; a script that is up to date stays as it is.
    """
    from reconciler.cli.actions.completion import install_completion

    install_completion(shell)


@completion.command(
    cls=Command,
    short_help="Print the script.",
    examples=[('eval "$(reconciler completion show --shell bash)"', "only in this session")],
)
@options.combine(_SHELL, *options.everywhere)
def show(shell: str | None) -> None:
    """Print the script, for a startup file or a package."""
    from reconciler.cli.actions.completion import show_completion

    show_completion(shell)

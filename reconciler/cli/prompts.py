"""Questions on a terminal whose answer is text."""

from collections.abc import Callable

import click

from reconciler.cli.console import lines, say


def answer(question: str, wrong: Callable[[str], str], *, needed: bool = True) -> str:
    """Ask until there is an answer of which `wrong` says nothing; one that is not needed may be empty.

    Raises click.Abort when the input ends, KeyboardInterrupt when the question is interrupted.
    """
    for text in lines(question):
        said = wrong(text) if text else "this is needed" if needed else ""
        if not said:
            return text
        say(f"Error: {said}.")
    raise click.Abort

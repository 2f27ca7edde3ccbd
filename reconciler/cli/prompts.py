"""Questions on a terminal whose answer is text."""

from collections.abc import Callable

import click

from reconciler.cli.console import ask_lines, log


def answer(question: str, wrong: Callable[[str], str], *, needed: bool = True) -> str:
    """Ask until `wrong` returns an empty text for the answer; an answer that is not needed may be empty.

    Raises click.Abort when the input ends, KeyboardInterrupt when the question is interrupted.
    """
    for text in ask_lines(question):
        problem = wrong(text) if text else "a value is required" if needed else ""
        if not problem:
            return text
        log(f"Error: {problem}.")
    raise click.Abort

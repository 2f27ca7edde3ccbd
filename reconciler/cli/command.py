"""A command whose help ends with examples."""

from collections.abc import Sequence
from typing import Any

import click


class Command(click.Command):
    """A command with examples: what to type, and what for."""

    def __init__(self, *arguments: Any, examples: Sequence[tuple[str, str]] = (), **others: Any) -> None:
        super().__init__(*arguments, **others)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """Write the examples below the options."""
        if self.examples:
            with formatter.section("Examples"):
                formatter.write_dl(self.examples, col_max=64)

"""Commands and groups; the help of a command ends with examples."""

from collections.abc import Sequence
from typing import Any

import click

from reconciler.cli import console, runtime


class _Helpful(click.Command):
    """A command whose help is printed as its results are, so that a full disk is an error of the output."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option, which prints through the console."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _print_help
        return option


def _print_help(context: click.Context, _option: click.Parameter, is_given: bool) -> None:  # noqa: FBT001  click's
    if is_given and not context.resilient_parsing:
        console.print_document(context.get_help())
        context.exit()


class Group(_Helpful, click.Group):
    """A group of commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command to run. Raises click.UsageError with the nearest name for an unknown one."""
        names = self.list_commands(ctx)
        if args[0] not in names and not ctx.resilient_parsing:
            near = _nearest(args[0], names)
            hint = f" Did you mean '{near}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)


def _nearest(given: str, names: Sequence[str]) -> str:
    """Return the name that has the given word, or the most similar one; empty if none is similar."""
    from difflib import get_close_matches  # noqa: PLC0415  only for a mistake

    with_word = [each for each in names if given in each.split("-")]
    return next(iter([*with_word, *get_close_matches(given, names, n=1)]), "")


class Command(_Helpful):
    """A command with examples: what to type, and a comment."""

    def __init__(self, *arguments: Any, examples: Sequence[tuple[str, str]] = (), **others: Any) -> None:
        super().__init__(*arguments, **others)
        self.examples = examples

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and send telemetry where the environment configures it."""
        if not runtime.telemetry_enabled():
            return super().invoke(ctx)
        from reconciler.cli import telemetry  # noqa: PLC0415  only where it is configured

        with telemetry.span(self.name or ""):
            return super().invoke(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """Write the examples, beside their comments where all fit, else each below its comment."""
        if not self.examples:
            return
        with formatter.section("Examples"):
            command, comment = (max(map(len, column)) for column in zip(*self.examples, strict=True))
            if formatter.current_indent + command + 2 + comment <= formatter.width:
                formatter.write_dl(self.examples, col_max=command)
                return
            for number, (example, explanation) in enumerate(self.examples):
                formatter.write("\n" if number else "")
                formatter.write(f"{'':>{formatter.current_indent}}# {explanation}\n")
                formatter.write(f"{'':>{formatter.current_indent}}{example}\n")

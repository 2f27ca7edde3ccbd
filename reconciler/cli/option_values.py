"""Types of option values, and values that code far below a command needs, kept in click's context."""

import click


class WholeNumber(click.IntRange):
    """A whole number, which click's own message would call an integer range."""

    name = "whole number"


class Number(click.FloatRange):
    """A number, which click's own message would call a float range."""

    name = "number"


def keep_value(context: click.Context, option: click.Parameter, value: tuple[str, ...]) -> None:
    """Keep the value of an option for `option_value`; a callback for click."""
    context.meta[f"reconciler.{option.name}"] = value


def option_value(name: str) -> tuple[str, ...]:
    """Return the value of an option of the running command."""
    context = click.get_current_context(silent=True)
    found: tuple[str, ...] = context.meta.get(f"reconciler.{name}", ()) if context else ()
    return found

"""The options that several commands share, spelled and explained once."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from reconciler.cli import console, progress

Function = TypeVar("Function", bound=Callable[..., Any])
Option = Callable[[Function], Function]


def formats(*names: str) -> Callable[[Function], Function]:
    """Return the option that chooses the output's format; the first name is the default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="How to write the result.",
    )


def choose_log_format(_context: click.Context, _option: click.Parameter, name: str) -> None:
    """Choose how stderr speaks."""
    if name == "json":
        from reconciler.cli.logs import speak_json  # noqa: PLC0415  start-up counts

        speak_json()


def _remember(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> None:
    """Keep what an option says for `remembered`."""
    context.meta[f"reconciler.{option.name}"] = given


def remembered(option: str) -> tuple[str, ...]:
    """Return what an option of the running command says that is no parameter of its function."""
    context = click.get_current_context(silent=True)
    found: tuple[str, ...] = context.meta.get(f"reconciler.{option}", ()) if context else ()
    return found


config = click.option(
    "--config",
    metavar="FILE",
    type=click.Path(),
    help="The configuration; by default reconciler.yaml here or above.",
)
portal = click.option("--portal", "portal_name", metavar="NAME", help="The portal; by default defaultPortal.")
today = click.option(
    "--today", "day", metavar="DATE", help="The day to compute for, YYYY-MM-DD; by default today, UTC."
)
verbose = click.option(
    "-v",
    "--verbose",
    count=True,
    expose_value=False,
    callback=progress.be_verbose,
    help="Say each step and each request on stderr.",
)
no_color = click.option(
    "--no-color",
    is_flag=True,
    expose_value=False,
    callback=console.be_plain,
    help="Plain text, as with NO_COLOR.",
)
log_format = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    is_eager=True,
    expose_value=False,
    callback=choose_log_format,
    help="How to write what goes to stderr.",
)
base = click.option(
    "--base",
    metavar="REF",
    help="Plan what the working tree adds to its merge base with REF; all else is drift.",
)
bootstrap = click.option(
    "--bootstrap",
    is_flag=True,
    help="Compare files also where REF has no valid configuration: for the first adoption, and to repair it.",
)
people = click.option(
    "--people",
    type=click.Choice(["counts", "names"]),
    default="counts",
    show_default=True,
    help="How Markdown shows people who stand in no file, because the admins of their team let them in.",
)
allow = click.option(
    "--allow",
    "allowed",
    metavar="DIGEST",
    multiple=True,
    help="Let the plan with this digest through the guard; other plans ignore it.",
)
no_until = click.option("--no-until", is_flag=True, help="Remove the last day.")
past = click.option("--past", is_flag=True, help="Accept a last day in the past.")
lock_timeout = click.option(
    "--lock-timeout",
    "lock_seconds",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=90,
    show_default=True,
    help="How long to wait while another run writes.",
)


trust_variable = click.option(
    "--trust-variable",
    metavar="NAME",
    multiple=True,
    expose_value=False,
    callback=_remember,
    help="Let the token be in this variable, though its name does not begin with RECONCILER_ or PORTAL_.",
)
trust_database = click.option(
    "--trust-database",
    metavar="FILE|URL",
    multiple=True,
    expose_value=False,
    callback=_remember,
    help="Let the database be this one, though it is outside of the repository.",
)


# What a command has that opens the portal of a configuration.
trust = (trust_variable, trust_database)
# What every command has, last in its help.
everywhere = (no_color, log_format, verbose)


def together(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Return one decorator that adds these options, in this order."""

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate

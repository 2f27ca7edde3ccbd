"""The options that several commands share, spelled and explained once."""

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from reconciler.cli import console, progress
from reconciler.cli.logs import log_as_json
from reconciler.cli.name_completion import complete_source
from reconciler.cli.option_values import Number, keep_value
from reconciler.cli.portal_completion import complete_portal, complete_portals
from reconciler.model.forge import ACTIONS
from reconciler.model.web_address import ADDRESS

Function = TypeVar("Function", bound=Callable[..., Any])
Option = Callable[[Function], Function]
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SLUG: Final = re.compile(r"[A-Za-z0-9_-]+")
_LINK: Final = re.compile(ADDRESS)


def formats(*names: str) -> Callable[[Function], Function]:
    """Return the option that chooses the output's format; the first name is the default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="The format of the result.",
    )


def _require_slug(_context: click.Context, option: click.Parameter, given: str) -> str:
    """Accept the slug of an app. Raises click.BadParameter for anything else."""
    if not _SLUG.fullmatch(given):
        raise click.BadParameter("it is not a slug; the address of the app's page shows it", param=option)
    return given


def require_commit(_context: click.Context, option: click.Parameter, given: str | None) -> str | None:
    """Accept the full hash of a commit. Raises click.BadParameter for anything else."""
    if given is not None and not _COMMIT.fullmatch(given):
        raise click.BadParameter("it is not the full hash of a commit", param=option)
    return given


def require_digests(
    _context: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """Accept digests of plans, separated by spaces. Raises click.BadParameter for anything else."""
    digests = tuple(digest for each in given for digest in each.split() or ("",))
    for digest in digests:
        if not _DIGEST.fullmatch(digest):
            message = f'"{digest}" is not a digest; write it as sha256: and 64 hexadecimal digits'
            raise click.BadParameter(message, param=option)
    return digests


def require_link(_context: click.Context, option: click.Parameter, given: str) -> str:
    """Accept a web address, or an empty text. Raises click.BadParameter for anything else."""
    if given and not _LINK.fullmatch(given):
        raise click.BadParameter("it is not a web address", param=option)
    return given


def split_names(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names in the values of an option, which are separated by commas or spaces."""
    return tuple(name for each in given for name in each.replace(",", " ").split() or ("",))


def choose_log_format(_context: click.Context, _option: click.Parameter, name: str) -> None:
    """Choose the format of messages on stderr."""
    if name == "json":
        log_as_json()


config = click.option(
    "--config",
    metavar="FILE",
    type=click.Path(),
    help="The configuration; by default reconciler.yaml here or above.",
)
portal = click.option(
    "--portal",
    "portal_name",
    metavar="NAME",
    shell_complete=complete_portal,
    help="The portal; by default defaultPortal.",
)
portals = click.option(
    "--portal",
    "portals",
    metavar="NAME|all",
    multiple=True,
    callback=split_names,
    shell_complete=complete_portals,
    help="A portal, several, or all of them; by default defaultPortal.",
)
sources = click.option(
    "--source",
    "sources",
    metavar="NAME|all",
    multiple=True,
    callback=split_names,
    shell_complete=complete_source,
    help="A source, several, or all of them; without --portal and --source, all.",
)
today = click.option(
    "--today", "day", metavar="DATE", help="The day to compute for, YYYY-MM-DD; by default today, UTC."
)
verbose = click.option(
    "-v",
    "--verbose",
    count=True,
    expose_value=False,
    callback=progress.set_verbosity,
    help="Log each step and HTTP request to stderr.",
)
no_color = click.option(
    "--no-color",
    is_flag=True,
    expose_value=False,
    callback=console.set_plain,
    help="Disable colors, as NO_COLOR does.",
)
log_format = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    is_eager=True,
    expose_value=False,
    callback=choose_log_format,
    help="The format of messages on stderr.",
)
base = click.option(
    "--base",
    metavar="REF",
    help="Plan what the working tree adds to its merge base with REF; other differences are drift.",
)
bootstrap = click.option(
    "--bootstrap",
    is_flag=True,
    help="Continue if REF has no valid configuration: for the first adoption, or to repair it.",
)
people = click.option(
    "--people",
    type=click.Choice(["counts", "names"]),
    default="counts",
    show_default=True,
    help="How Markdown shows people who are not in any file, as the admins of their team added them.",
)
allow = click.option(
    "--allow",
    metavar="DIGEST",
    multiple=True,
    callback=require_digests,
    help="Allow the plan with this digest although the guard denies it; other plans ignore this.",
)
detailed_exitcode = click.option(
    "--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes."
)
no_until = click.option("--no-until", is_flag=True, help="Remove the last day.")
dry_run = click.option("--dry-run", is_flag=True, help="Print the difference to stdout and write nothing.")
past = click.option("--past", is_flag=True, help="Accept a last day in the past.")
lock_timeout = click.option(
    "--lock-timeout",
    "lock_seconds",
    metavar="SECONDS",
    type=Number(min=0),
    default=90,
    show_default=True,
    help="How long to wait for another run that writes.",
)


trust_variable = click.option(
    "--trust-variable",
    metavar="NAME",
    multiple=True,
    expose_value=False,
    callback=keep_value,
    help="Allow a token variable whose name does not begin with RECONCILER_ or PORTAL_.",
)
trust_database = click.option(
    "--trust-database",
    metavar="FILE|URL",
    multiple=True,
    expose_value=False,
    callback=keep_value,
    help="Allow this database outside of the repository.",
)


# The options of commands that open the portal of a configuration.
trust = (trust_variable, trust_database)
# The options of every command, last in its help.
everywhere = (no_color, log_format, verbose)


def combine(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Return one decorator that adds these options, in this order."""

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


# The options of every command that edits files; `edit_files.EditOptions` has their values.
edits = combine(dry_run, config, today, *everywhere)
# The options of reports about access.
access_filters = combine(
    click.option("--person", metavar="E-MAIL", help="Only this person."),
    click.option("--partner", metavar="NAME", help="Only the people of this partner."),
    click.option("--team", metavar="PARTNER/TEAM", help="Only the people of this team."),
    click.option("--group", metavar="NAME", help="Only through this access group."),
    click.option("--api", metavar="NAME", help="Only to this API."),
)
live = click.option(
    "--live", is_flag=True, help="Read the portal, which also has delegated members and invitations."
)
app = click.option(
    "--app",
    metavar="SLUG",
    default=ACTIONS,
    show_default=True,
    callback=_require_slug,
    help="The GitHub App that GITHUB_TOKEN belongs to.",
)
allow_http = click.option(
    "--allow-http",
    is_flag=True,
    help="Send the forge's token unencrypted where its API has an http:// address.",
)

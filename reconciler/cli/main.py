"""The program: its commands, and what becomes of whatever goes wrong in one."""

import difflib
import importlib
import sys
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, NoReturn

import click

from reconciler import __version__
from reconciler.cli import console
from reconciler.cli.error_handler import crashed, explained
from reconciler.errors import ReconcilerError

USAGE_ERROR: Final = 1


class Command(NamedTuple):
    """A command: where it is implemented, and what it does in a few words."""

    module: str
    summary: str
    section: str


COMMANDS: Final[dict[str, Command]] = {
    "validate": Command("validate", "Check the files and every rule that needs no portal.", "Review"),
    "plan": Command("plan", "Show what would change, and who gains or loses access.", "Review"),
    "show": Command("show", "Show a saved plan or receipt in any format.", "Review"),
    "access": Command("access", "Show who reaches what, and why.", "Review"),
    "list": Command("list_objects", "List partners, teams, people, groups or APIs.", "Review"),
    "forecast": Command("forecast", "Show who loses access on which day.", "Review"),
    "comment": Command("comment", "Keep a pull request's comment and check up to date.", "Review"),
    "approved": Command("approved", "Print the digest of the plan that a merge approved.", "Review"),
    "apply": Command("apply", "Make the portal what the files, or a saved plan, say.", "Change"),
    "adopt": Command("adopt", "Take over what exists in the portal, as it is.", "Change"),
    "new": Command("new", "Write a new partner's file, from options or an issue's form.", "Edit"),
    "grant": Command("grant", "Give a partner or one of its teams an access group.", "Edit"),
    "revoke": Command("revoke", "Take an access group away from a partner or a team.", "Edit"),
    "member": Command("member", "Add people to a team whose file lists them, or take them out.", "Edit"),
    "codeowners": Command("codeowners", "Write CODEOWNERS from the owners in the files.", "Around it"),
    "schema": Command("schema", "Write the JSON Schemas that editors complete with.", "Around it"),
    "portal": Command("portal", "Serve or empty the embedded portal, make a token.", "Around it"),
}


EXIT_CODES: Final = (
    ("0", "done, nothing to say"),
    ("1", "an error: the files, the way it was called, anything unexpected"),
    ("2", "only with plan --detailed-exitcode: there are changes"),
    ("3", "denied by a rule or the guard"),
    ("4", "the plan is stale"),
    ("5", "the portal or the forge could not be reached, refused us, or was read incompletely"),
    ("6", "writing began, and not everything was applied"),
)


class Program(click.Group):
    """A group whose commands are imported when they are called, not when help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  the same
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"reconciler.cli.commands.{COMMANDS[cmd_name].module}")
        command: click.Command = vars(module)[COMMANDS[cmd_name].module]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called; an unknown one is refused with the nearest name."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  the same
        """Write the commands by what they are for."""
        for section in dict.fromkeys(command.section for command in COMMANDS.values()):
            rows = [(name, each.summary) for name, each in COMMANDS.items() if each.section == section]
            with formatter.section(section):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  the same
        """Write the exit codes below the commands."""
        with formatter.section("Exit codes"):
            formatter.write_dl(EXIT_CODES)


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="reconciler", message="%(prog)s %(version)s")
def program() -> None:
    """Partner access as code: who may reach which API, kept in git and applied to a developer portal.

    Start with `reconciler validate`, then `reconciler plan`. COMMAND --help tells more.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and end the process with the exit code that the contract names."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code; nothing is raised, and no traceback is printed."""
    console.prepare()
    before = sys.stderr
    try:
        return _run(arguments)
    finally:
        # A command may have let it speak JSON.
        sys.stderr = before


def _run(arguments: Sequence[str] | None) -> int:
    try:
        outcome: Any = program.main(args=arguments, prog_name="reconciler", standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as wrong:
        wrong.show(console.Said())
        return USAGE_ERROR
    except (click.Abort, KeyboardInterrupt):
        console.say_lines("\nInterrupted.")
        return USAGE_ERROR
    except ReconcilerError as error:
        return explained(error)
    except Exception as error:  # noqa: BLE001  no traceback ever reaches a user
        return crashed(error)
    return outcome if isinstance(outcome, int) else 0

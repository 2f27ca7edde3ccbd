"""The program: the table of commands, and the handling of errors."""

import gc
import importlib
import sys
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, NoReturn

import click

from reconciler import __version__
from reconciler.cli import console
from reconciler.cli.command import Group
from reconciler.cli.error_handler import report_error
from reconciler.cli.process import Process
from reconciler.errors import ReconcilerError

USAGE_ERROR: Final = 1
_OBJECTS_BETWEEN_COLLECTIONS: Final = 100_000


class Command(NamedTuple):
    """A command: its module, a summary, and the section of the help that it is in."""

    module: str
    summary: str
    section: str


COMMANDS: Final[dict[str, Command]] = {
    "validate": Command("validate", "Check the files and every rule that needs no portal.", "Review"),
    "plan": Command("plan", "Show what would change, and who gains or loses access.", "Review"),
    "show": Command("show", "Show a saved plan or receipt in any format.", "Review"),
    "access": Command("access", "Show who can use which API, and why.", "Review"),
    "list": Command("list_objects", "List partners, teams, people, groups or APIs.", "Review"),
    "forecast": Command("forecast", "Show who loses access on which day.", "Review"),
    "comment": Command("comment", "Report plans and receipts to GitHub, GitLab or Gitea.", "Review"),
    "approved": Command("approved", "Print the digest of the plan that a merge approved.", "Review"),
    "propose": Command("propose", "Keep a pull request with the changed files up to date.", "Review"),
    "apply": Command("apply", "Change the portal to match the files or a saved plan.", "Change"),
    "adopt": Command("adopt", "Start managing existing portal objects without changing them.", "Change"),
    "init": Command("init", "Make this folder a repository that validates and plans.", "Edit"),
    "export": Command("export", "Write what a portal holds as files.", "Edit"),
    "new": Command("new", "Create partners, teams, access groups and products.", "Edit"),
    "grant": Command("grant", "Add an access group to a partner or one of its teams.", "Edit"),
    "revoke": Command("revoke", "Remove an access group from a partner or one of its teams.", "Edit"),
    "member": Command("member", "Add or remove members of a team whose file lists them.", "Edit"),
    "extend": Command("extend", "Move the end of access to a later day.", "Edit"),
    "suspend": Command("suspend", "Withdraw the access of a partner, for now.", "Edit"),
    "resume": Command("resume", "Give a suspended partner its access again.", "Edit"),
    "end": Command("end", "End a partner or one of its teams.", "Edit"),
    "rename": Command("rename", "Rename a partner, team, access group or API product.", "Edit"),
    "move": Command("move", "Move a team to another partner.", "Edit"),
    "offboard": Command("offboard", "Take people out of all files, and block them.", "Edit"),
    "capture": Command("capture", "Write into the files what was changed in the portal.", "Edit"),
    "people": Command("people", "Pull the people of teams from directories.", "Edit"),
    "sync": Command("sync", "Change partner files as the accounts of a CRM say.", "Edit"),
    "catalog": Command("catalog", "Refresh the catalog from a portal or from OpenAPI files.", "Edit"),
    "fmt": Command("fmt", "Write the files in one order of keys and one style.", "Edit"),
    "doctor": Command("doctor", "Check whether portals and sources can be reached and used.", "Utilities"),
    "codeowners": Command("codeowners", "Write CODEOWNERS from the owners in the files.", "Utilities"),
    "forms": Command("forms", "Update the lists of issue forms.", "Utilities"),
    "schema": Command("schema", "Write the JSON Schemas for editors.", "Utilities"),
    "completion": Command("completion", "Install or print the completion of a shell.", "Utilities"),
    "portal": Command("portal", "Serve or empty the embedded portal, create tokens.", "Utilities"),
}


EXIT_CODES: Final = (
    ("0", "success"),
    ("1", "error in the files or the command line, or an unexpected error"),
    ("2", "there are changes (only with --detailed-exitcode)"),
    ("3", "denied by a rule, the guard or a limit"),
    ("4", "the plan is stale or not the approved one"),
    ("5", "the portal, forge or source could not be reached, refused the request, or was read incompletely"),
    ("6", "partly applied: writing began, and not every change was applied"),
)


class Program(Group):
    """A group that imports a command when it is called, and not to show the help."""

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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  the same
        """Write the commands by section."""
        for section in dict.fromkeys(command.section for command in COMMANDS.values()):
            rows = [(name, each.summary) for name, each in COMMANDS.items() if each.section == section]
            with formatter.section(section):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  the same
        """Write the exit codes below the commands."""
        with formatter.section("Exit codes"):
            formatter.write_dl(EXIT_CODES)


def _print_version(context: click.Context, _option: click.Parameter, is_given: bool) -> None:  # noqa: FBT001  click's
    if is_given:
        console.print_document(f"reconciler {__version__}")
        context.exit()


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def program() -> None:
    """Partner access as code: keep in git who may use which API, and apply it to a developer portal.

    Start with `reconciler validate`, then `reconciler plan`. COMMAND --help shows details and examples.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program, and end the process with its exit code."""
    # Almost all new objects stay; by default, the collector searches for garbage after each 700.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    process = Process()
    process.end(run(arguments, process))


def run(arguments: Sequence[str] | None = None, process: Process | None = None) -> int:
    """Run the program and return its exit code; nothing is raised, and no traceback is printed."""
    console.prepare()
    before = sys.stderr
    try:
        return _run(arguments, process)
    finally:
        # A command may have replaced it, to write JSON.
        sys.stderr = before


def _run(arguments: Sequence[str] | None, process: Process | None) -> int:
    try:
        outcome: Any = program.main(
            args=arguments, prog_name="reconciler", standalone_mode=False, obj=process
        )
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show(console.MessageStream())
        return USAGE_ERROR
    except (click.Abort, KeyboardInterrupt):
        console.log_lines("\nInterrupted.")
        return USAGE_ERROR
    except ReconcilerError as error:
        return report_error(error)
    except Exception as error:  # noqa: BLE001  no traceback ever reaches a user
        from reconciler.cli.crash_report import report_crash  # noqa: PLC0415  only for a crash

        return report_crash(error)
    return outcome if isinstance(outcome, int) else 0

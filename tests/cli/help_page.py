"""The page of the commands, with every help text as the program prints it.

`python -m tests.cli.help_page` writes it.
"""

import re
from pathlib import Path

import click
from click.testing import CliRunner

from reconciler.cli.main import program

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
_BLOCK = re.compile(r"```text\n\$ reconciler (?P<command>.*?) ?--help\n.*?```", re.DOTALL)
_WIDTH = 100


def page() -> str:
    """Return the page as it should be."""
    return _BLOCK.sub(lambda block: _told(block["command"]), PAGE.read_text("utf-8"))


def shown() -> set[str]:
    """Return the commands whose help the page shows; the program itself is nothing."""
    return {block["command"] for block in _BLOCK.finditer(PAGE.read_text("utf-8"))}


def commands(group: click.Group = program, above: str = "") -> set[str]:
    """Return every command and group that there is, the program itself as nothing."""
    found = {above}
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            path = f"{above} {name}".strip()
            if command is not None and command.hidden:
                continue
            found |= commands(command, path) if isinstance(command, click.Group) else {path}
    return found


def _told(command: str) -> str:
    asked = [*command.split(), "--help"]
    printed = CliRunner().invoke(program, asked, prog_name="reconciler", terminal_width=_WIDTH).output
    return f"```text\n$ reconciler {' '.join(asked)}\n{printed.rstrip()}\n```"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

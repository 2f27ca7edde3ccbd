"""Install or print the completion script of a shell."""

from pathlib import Path
from typing import Final

import click
from click.shell_completion import get_completion_class

from reconciler.cli import console, runtime
from reconciler.cli.storage import checkout
from reconciler.cli.storage.user_folders import completion_file
from reconciler.errors import InputError

_PROGRAM: Final = "reconciler"
# All scripts for this program call it with this variable.
_VARIABLE: Final = "_RECONCILER_COMPLETE"


def show_completion(shell: str | None) -> None:
    """Print the script. Raises InputError for an unknown shell."""
    console.print_document(_script(_chosen(shell)))


def install_completion(shell: str | None) -> None:
    """Write the script to where the shell finds it, and print its path. Raises InputError."""
    shell = _chosen(shell)
    path, script = completion_file(shell), _script(shell)
    if path is None:
        raise InputError("the user has no home folder", "print the script with `reconciler completion show`")
    existing = _existing(path)
    if existing == script:
        console.log("The completion is up to date.")
    else:
        checkout.write(path, script.encode(), private=False)
    console.print_result(str(path))
    console.log(_how_it_loads(shell, path.parent))


def _chosen(shell: str | None) -> str:
    """Return the shell. Raises InputError where it is none that can complete."""
    found = shell or runtime.shell()
    if get_completion_class(found) is None:
        what = f'the shell "{found}" has no completion' if found else "the variable SHELL is not set"
        raise InputError(what, "name bash, zsh or fish with --shell")
    return found


def _script(shell: str) -> str:
    complete = get_completion_class(shell)
    if complete is None:
        raise InputError(f'the shell "{shell}" has no completion')
    return complete(click.Command(_PROGRAM), {}, _PROGRAM, _VARIABLE).source().strip() + "\n"


def _existing(path: Path) -> str | None:
    """Return the installed script, or None. Raises InputError for another file."""
    try:
        found = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read") from error
    if _VARIABLE not in found:
        message = f"{path} exists, and is not a completion of {_PROGRAM}, so it is not replaced"
        raise InputError(message, "rename or remove it")
    return found


def _how_it_loads(shell: str, folder: Path) -> str:
    if shell == "zsh":
        return f"In ~/.zshrc, before compinit, zsh needs the line: fpath=({folder} $fpath)"
    needs = " if the package bash-completion is installed" if shell == "bash" else ""
    return f"New shells load it{needs}."

"""Pull the people of teams from directories, and write people.lock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from reconciler.cli import console, runtime
from reconciler.cli.actions import output
from reconciler.cli.actions.trust import Trust
from reconciler.cli.progress import ProgressDisplay
from reconciler.cli.storage import checkout
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.cli.storage.file_set import FileWrite, write_all
from reconciler.edit import people_text
from reconciler.errors import InputError
from reconciler.load.files import max_size, too_large
from reconciler.model.directory import Directory
from reconciler.model.directory_settings import DirectorySource
from reconciler.model.document import Repository
from reconciler.model.file_names import PEOPLE
from reconciler.workflow.people_pull import Pulled, PullOptions, exit_code, pull, read_files
from reconciler.workflow.sources import open_source


class PullCommand(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `reconciler people pull`."""

    sources: tuple[str, ...]
    dry_run: bool
    only_removals: bool
    allow: tuple[str, ...]
    detailed_exitcode: bool
    config: str | None
    output_format: str


def pull_people(command: PullCommand) -> int:
    """Print how people.lock changes, write it, and return the exit code. Raises InputError."""
    path = find_configuration(command.config)
    lock = path.parent / PEOPLE
    before = _content(lock)
    repository = read_files(path)
    pulled = runtime.run_async(_pull(path, repository, command))
    output.people_pull(pulled.report, command.output_format)
    if not pulled.report.sources:
        console.log("No team takes its people from a directory: no `admins` or `members` have `from`.")
    if pulled.report.changed and not command.dry_run:
        _write(lock, before, people_text(pulled.lists).encode())
    return exit_code(pulled.report, detailed=command.detailed_exitcode)


async def _pull(path: Path, repository: Repository, command: PullCommand) -> Pulled:
    @asynccontextmanager
    async def opened(name: str, settings: DirectorySource) -> AsyncIterator[Directory]:
        async with open_source(repository.configuration, name, settings, Trust(path)) as directory:
            yield directory

    options = PullOptions(command.sources, frozenset(command.allow), command.only_removals)
    progress = ProgressDisplay()
    try:
        return await pull(repository, opened, options, progress)
    finally:
        progress.clear()


def _write(lock: Path, before: bytes | None, content: bytes) -> None:
    """Write the file. Raises InputError, also if it would be too large to be read again."""
    if len(content) > max_size(PEOPLE):
        message, hint = too_large(PEOPLE, len(content))
        raise InputError(f"{message}; it was not written", hint)
    write_all([FileWrite(lock, before, content)], checkout.top_level(lock.parent))
    console.log(f"{PEOPLE} was written.")


def _content(lock: Path) -> bytes | None:
    """Return the present content, which must not change while the directories are read.

    A link is not followed; it is an error of the files.
    """
    try:
        return None if lock.is_symlink() else lock.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{lock} cannot be read: {error.strerror}") from error

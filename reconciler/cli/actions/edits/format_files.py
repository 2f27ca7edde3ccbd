"""Format the files of the repository, or show what formatting would change."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from reconciler.cli import console
from reconciler.cli.actions.edits.edit_files import print_difference, shown_path, write_files
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError
from reconciler.model.printable import printable
from reconciler.workflow.format import FormattedFile, formatted_files
from reconciler.workflow.preview import ProposedFile
from reconciler.workflow.validate import read_configuration


def format_files(config: str | None, paths: Sequence[str], *, check: bool) -> int:
    """Format all files, or those at the paths, and print the path of each one that changes.

    The difference is printed to stderr. With `check`, print it to stdout instead, write nothing, and return 1
    if there is one.
    """
    configuration = find_configuration(config)
    root = configuration.parent
    files = list(_chosen(list(formatted_files(read_configuration(configuration), root)), root, paths))
    for file in files:
        if file.problem:
            console.log(printable(f"{shown_path(root / file.path)} was left as it is: {file.problem}"))
    changed = [
        ProposedFile(file.path, file.before.decode(), file.after.decode())
        for file in files
        if file.after is not None and file.after != file.before
    ]
    if check:
        if changed:
            print_difference(root, changed)
        return 1 if changed else 0
    if changed:
        write_files(root, changed)
    return 0


def _chosen(files: Sequence[FormattedFile], root: Path, paths: Sequence[str]) -> Iterable[FormattedFile]:
    """Return the files at or below these paths. Raises InputError for a path without any."""
    if not paths:
        return files
    places = {file.path: (root / file.path).resolve() for file in files}
    wanted = [Path(path).resolve() for path in paths]
    for path, place in zip(paths, wanted, strict=True):
        if not any(each.is_relative_to(place) for each in places.values()):
            hint = "reconciler.yaml names the files in spec.paths"
            raise InputError(f"{printable(path)} is not a YAML file of this configuration", hint)
    return [file for file in files if any(places[file.path].is_relative_to(place) for place in wanted)]

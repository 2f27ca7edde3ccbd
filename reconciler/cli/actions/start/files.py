"""The files of a new repository on the disk: those that are missing are written, all others are kept."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from reconciler import scaffold
from reconciler.cli import console
from reconciler.cli.actions import codeowners
from reconciler.cli.storage import checkout
from reconciler.cli.storage.configuration_file import NAME
from reconciler.model.document import PathKind
from reconciler.model.file_names import may_hold_documents
from reconciler.scaffold import NewRepository, Owner, Source
from reconciler.schema import files as schema_files
from reconciler.workflow.format import formatted
from reconciler.workflow.forms import form_choices, with_choices
from reconciler.workflow.validate import check as check_files

PATHS: Final[Mapping[str, tuple[PathKind, ...]]] = {
    "partners": ("Partner",),
    "access-groups": ("AccessGroup", "ApiProduct"),
    "catalog.yaml": ("Catalog",),
}


class FileResult(msgspec.Struct, frozen=True):
    """The files that were written, and those that exist with other content."""

    written: tuple[str, ...]
    kept: tuple[str, ...]


def settings_files(
    new: NewRepository, source: Source, paths: Mapping[str, Sequence[PathKind]]
) -> dict[str, str]:
    """Return the content of each file by path, without documents. Raises InputError."""
    return {
        NAME: formatted(NAME, scaffold.configuration(new)),
        **{f"schemas/{name}": text for name, text in schema_files().items()},
        **scaffold.editor_files(paths, NAME),
        **scaffold.pre_commit_file(source),
        **scaffold.pipeline_files(new.ci, source, new.portal),
    }


def empty_paths(folder: Path, paths: Mapping[str, Sequence[PathKind]], owner: Owner) -> dict[str, str]:
    """Return the files that let the paths of the configuration exist, where they are missing."""
    missing = [path for path in paths if not os.path.lexists(folder / path)]
    catalogs = [path for path in missing if may_hold_documents(path) and tuple(paths[path]) == ("Catalog",)]
    folders = [path for path in missing if not may_hold_documents(path)]
    return {
        **{f"{path}/.gitkeep": "" for path in folders},
        **{path: formatted(path, scaffold.catalog(owner)) for path in catalogs},
    }


def require_no_links(folder: Path, paths: Sequence[str]) -> None:
    """Raise InputError where a link is in the way, before anything is written."""
    top = checkout.top_level(folder)
    for path in paths:
        checkout.require_no_link(folder / path, top)


def write_missing(folder: Path, files: Mapping[str, str]) -> FileResult:
    """Write the files that do not exist, and print their paths. Raises InputError."""
    top = checkout.top_level(folder)
    written, kept = [], []
    for path, text in files.items():
        if not os.path.lexists(folder / path):
            checkout.create(folder / path, text.encode(), top)
            console.print_result(path)
            written.append(path)
        elif path != NAME and (folder / path).read_bytes() != text.encode():
            kept.append(path)
    return FileResult(tuple(written), tuple(kept))


def write_forms(folder: Path, new: NewRepository, day: str) -> FileResult:
    """Write the forms that are missing, whose lists offer what the files define, and print their paths."""
    made = {path: text for path, text in scaffold.form_files(new.ci).items() if not _exists(folder / path)}
    repository = check_files(folder / NAME, day).repository if made else None
    if repository is not None:
        choices = form_choices(repository)
        made = {path: with_choices(path, text, choices) for path, text in made.items()}
    return write_missing(folder, made)


def _exists(form: Path) -> bool:
    """Return whether there is a form, with any ending that a forge reads."""
    return any(os.path.lexists(form.with_suffix(ending)) for ending in (".yml", ".yaml"))


def write_codeowners(folder: Path, new: NewRepository) -> None:
    """Write CODEOWNERS where the forge has none and the owner has a handle for it."""
    if new.ci == "none" or not new.owner.handle:
        return
    if not (folder / codeowners.place(folder, new.ci)).exists():
        codeowners.write_codeowners(str(folder / NAME), new.ci, new.owner.name, check=False)

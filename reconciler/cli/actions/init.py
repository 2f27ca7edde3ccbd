"""Write the files of a new repository; a file that exists is kept."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from reconciler import scaffold
from reconciler.cli import console
from reconciler.cli.actions import codeowners
from reconciler.cli.actions.init_questions import InitOptions, chosen, forge_of
from reconciler.cli.actions.program_source import UNKNOWN, program_source
from reconciler.cli.git.top_level import find_top_level
from reconciler.cli.storage import checkout
from reconciler.cli.storage.configuration_file import NAME
from reconciler.errors import InputError
from reconciler.model.document import Document, KindName
from reconciler.model.file_names import may_hold_documents
from reconciler.render.codeowners import ForgeName
from reconciler.scaffold import NewRepository, Owner, PortalEntry
from reconciler.schema import files as schema_files
from reconciler.workflow.sessions import default_portal
from reconciler.workflow.validate import read_configuration, settings

_PATHS: Final[Mapping[str, tuple[KindName, ...]]] = {
    "partners": ("Partner",),
    "access-groups": ("AccessGroup", "ApiProduct"),
    "catalog.yaml": ("Catalog",),
}


class _Result(msgspec.Struct, frozen=True):
    """The files that were written, and those that exist with other content."""

    written: tuple[str, ...]
    kept: tuple[str, ...]


def initialize(options: InitOptions) -> int:
    """Write what is missing here, print its paths, and say what to do next."""
    folder = Path.cwd()
    _require_top(folder)
    is_new = not os.path.lexists(folder / NAME)
    document = None if is_new else read_configuration(folder / NAME)
    new = chosen(options, folder) if document is None else _kept(document, options, folder)
    source = program_source(options.source, new.ci)
    paths = _PATHS if document is None else settings(document).spec.paths
    files = _files(folder, new, source, paths)
    _require_no_links(folder, [*paths, *files])
    result = _write(folder, files)
    for path in result.written:
        console.print_result(path)
    _write_codeowners(folder, new)
    _report(result, new, source)
    return 0


def _require_top(folder: Path) -> None:
    """Raise InputError below the top level of a repository: forges read their files only there."""
    top = find_top_level(folder)
    if top is not None and top != folder.resolve():
        hint = "run it there; or make this folder a repository of its own with `git init`"
        raise InputError(f"this folder is inside of the repository at {top}", hint)


def _kept(document: Document, options: InitOptions, folder: Path) -> NewRepository:
    """Return what an existing configuration chooses."""
    spec = settings(document).spec
    name = default_portal(document) or next(iter(spec.portals), "production")
    secrets = spec.portals[name].secrets.values() if name in spec.portals else ()
    variable = next((secret.env for secret in secrets), "PORTAL_TOKEN")
    ci = options.ci or forge_of(folder)
    owners = {key: str(getattr(owner, ci, None) or "") for key, owner in spec.owners.items()}
    owner = next((Owner(key, "", handle) for key, handle in owners.items() if handle), Owner("", ""))
    return NewRepository(name=str(document.name), owner=owner, portal=PortalEntry(name, {}, variable), ci=ci)


def _files(
    folder: Path, new: NewRepository, source: scaffold.Source, paths: Mapping[str, tuple[KindName, ...]]
) -> dict[str, str]:
    """Return the content of each file by path; what documents need comes first."""
    return {
        NAME: scaffold.configuration(new),
        **{path: text for each in paths for path, text in _content(folder, each, paths[each], new.owner)},
        **{f"schemas/{name}": text for name, text in schema_files().items()},
        **scaffold.editor_files(paths, NAME),
        **scaffold.pipeline_files(new.ci, source, new.portal),
    }


def _content(folder: Path, path: str, kinds: tuple[KindName, ...], owner: Owner) -> list[tuple[str, str]]:
    """Return the file that lets a path of the configuration exist, if one is missing."""
    if os.path.lexists(folder / path):
        return []
    if may_hold_documents(path):
        return [(path, scaffold.catalog(owner))] if kinds == ("Catalog",) else []
    return [(f"{path}/.gitkeep", "")]


def _require_no_links(folder: Path, paths: Sequence[str]) -> None:
    """Raise InputError where a link is in the way, before anything is written."""
    top = checkout.top_level(folder)
    for path in paths:
        checkout.require_no_link(folder / path, top)


def _write(folder: Path, files: Mapping[str, str]) -> _Result:
    """Write the files that do not exist. Raises InputError."""
    top = checkout.top_level(folder)
    written, kept = [], []
    for path, text in files.items():
        if not os.path.lexists(folder / path):
            checkout.create(folder / path, text.encode(), top)
            written.append(path)
        elif path != NAME and (folder / path).read_bytes() != text.encode():
            kept.append(path)
    return _Result(tuple(written), tuple(kept))


def _write_codeowners(folder: Path, new: NewRepository) -> None:
    """Write CODEOWNERS where the forge has none and the owner has a handle for it."""
    if new.ci not in {"github", "gitlab"} or not new.owner.handle:
        return
    forge: ForgeName = "gitlab" if new.ci == "gitlab" else "github"
    if not (folder / codeowners.place(folder, forge)).exists():
        codeowners.write_codeowners(str(folder / NAME), forge, new.owner.name, check=False)


def _report(result: _Result, new: NewRepository, source: scaffold.Source) -> None:
    for path in result.kept:
        console.log(f"Kept: {path} exists, and differs from what init writes.")
    if not result.written:
        console.log("Nothing is missing here.")
        return
    if source == UNKNOWN and new.ci != "none":
        console.log("Replace OWNER in the workflows, or run init again without them and with --source.")
    console.log("Next:")
    for number, step in enumerate(_next_steps(new), 1):
        console.log(f"  {number}. {step}")


def _next_steps(new: NewRepository) -> tuple[str, str]:
    first = f"Check the e-mail address and the handle of {new.owner.name} in {NAME}."
    if new.portal.settings.get("database"):
        return first, "List your APIs in catalog.yaml, then add a partner: reconciler new partner"
    return first, f"Check the portal in {NAME}: export {new.portal.variable}=…, then reconciler doctor"

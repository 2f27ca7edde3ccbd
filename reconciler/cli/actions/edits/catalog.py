"""Refresh the catalog from a portal, or from OpenAPI files."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from reconciler.cli import console
from reconciler.cli.actions.edits.edit_files import EditOptions, Files, edit_files
from reconciler.cli.actions.lookup import require_known_owner
from reconciler.cli.actions.trust import Trust
from reconciler.cli.progress import ProgressDisplay
from reconciler.cli.runtime import run_async
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import InputError
from reconciler.load.openapi import described_apis
from reconciler.model.counting import counted
from reconciler.model.document import Repository
from reconciler.model.finding import Finding, Source
from reconciler.model.portal_settings import EmbeddedPortal
from reconciler.model.printable import printable
from reconciler.model.resource import OfferedApi
from reconciler.workflow import catalog_refresh
from reconciler.workflow.catalog_refresh import Refresh, Vanished
from reconciler.workflow.edit import Edits
from reconciler.workflow.live_state import read_live, require_complete
from reconciler.workflow.sessions import choose_portal, open_portal
from reconciler.workflow.validate import check, require_configuration, settings


class CatalogSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where APIs come from: a portal, or a folder of OpenAPI files; and the owner of new ones."""

    portal_name: str | None
    folder: str | None
    owner: str | None


def refresh_catalog(options: EditOptions, source: CatalogSource) -> int:
    """Add new APIs to the catalog, and remove those that are neither offered nor used. Raises InputError."""
    path = find_configuration(options.config)

    def edits(files: Files) -> Edits:
        found = _compared(path, files.repository, source)
        if found.unowned:
            raise catalog_refresh.problem(found, list(settings(files.repository.configuration).spec.owners))
        for line in _changes(found):
            console.log(printable(line))
        for each in found.kept:
            console.log(f"Warning: {printable(_kept(each))}")
        wanted = catalog_refresh.edits(files.repository, found)
        for file in wanted.new_files:
            _require_absent(files.root, file.path)
        return wanted

    return edit_files(options, edits)


def _require_absent(root: Path, path: str) -> None:
    if os.path.lexists(root / path):
        message = f"{path} exists, but no catalog could be read from it"
        raise InputError(message, "run `reconciler validate` to see why")


def check_catalog(options: EditOptions, source: CatalogSource) -> int:
    """Write nothing. Raises InputError if the catalog is out of date."""
    path = find_configuration(options.config)
    found = _compared(path, require_configuration(check(path, options.today())), source)
    changes = [*_changes(found), *map(_kept, found.kept)]
    if not changes:
        console.log("The catalog is up to date.")
        return 0
    hint = "run `reconciler catalog`"
    if found.kept:
        hint += "; remove what is not offered from access groups and products first"
    raise InputError(printable("\n".join(["the catalog is out of date:", *changes]), keep="\n"), hint)


def _compared(path: Path, repository: Repository, source: CatalogSource) -> Refresh:
    """Return how the catalog differs, after its notes were printed."""
    if source.owner is not None:
        require_known_owner(source.owner, set(settings(repository.configuration).spec.owners))
    offered = _offered(path, repository, source)
    found = catalog_refresh.compare(repository, offered, source.owner)
    if not offered and found.vanished:
        raise InputError(
            "the portal offers no APIs; nothing was changed", "check it with `reconciler doctor`"
        )
    visibility = [] if source.folder else catalog_refresh.other_visibility(repository, offered)
    for note in (*found.notes, *visibility):
        console.log(f"Note: {printable(note)}.")
    return found


def _offered(path: Path, repository: Repository, source: CatalogSource) -> Mapping[str, OfferedApi]:
    if source.folder is not None:
        return _described(source.folder)
    name, where = choose_portal(repository.configuration, source.portal_name)
    if isinstance(where, EmbeddedPortal) and where.database is not None:
        message = f'portal "{name}" has the APIs of the catalog itself'
        raise InputError(
            message, "name another portal with --portal, or a folder of OpenAPI files with --from"
        )
    return run_async(_read(path, repository, name))


async def _read(path: Path, repository: Repository, name: str) -> Mapping[str, OfferedApi]:
    label = settings(repository.configuration).metadata.name
    progress = ProgressDisplay("")
    async with open_portal(path, repository.configuration, name, Trust(path), repository) as portal:
        try:
            live = await read_live(portal, label, progress)
        finally:
            progress.clear()
    require_complete(live)
    return live.apis


def _described(folder: str) -> Mapping[str, OfferedApi]:
    """Return the APIs of OpenAPI files. Raises InputError with all that is wrong."""
    found, findings = described_apis(Path(folder))
    if findings:
        wrong = [
            f"{counted(len(findings), 'problem')} in {folder}:",
            *(_line(folder, each) for each in findings),
        ]
        raise InputError(printable("\n".join(wrong), keep="\n"), "nothing was changed")
    if not found:
        message = f"{folder} has no OpenAPI document"
        raise InputError(
            message, "name a folder with YAML or JSON files that begin with `openapi` or `swagger`"
        )
    return found


def _line(folder: str, finding: Finding) -> str:
    place = Source(str(Path(folder, finding.file or "")), finding.line, finding.column)
    return f"{place}: {finding.message}{f'; {finding.hint}' if finding.hint else ''}"


def _changes(found: Refresh) -> Sequence[str]:
    new = (f"new: {each.name}, {_with_owner(each)}" for each in found.appeared)
    return [*new, *(f"gone: {each.name}" for each in found.removed)]


def _with_owner(api: OfferedApi) -> str:
    return f"{api.visibility}, owner {api.owner}" if api.owner else f"{api.visibility}, without an owner"


def _kept(vanished: Vanished) -> str:
    return f"gone: {vanished.name}, but kept, because it is in {', '.join(vanished.users)}"

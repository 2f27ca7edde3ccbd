"""Export the live state of a portal as files, which validate and which a plan agrees with."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from reconciler.export import Exported, Terms, catalog_data, export
from reconciler.model.document import Catalog
from reconciler.model.file_names import may_hold_documents
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.portal import Portal, Progress
from reconciler.model.portal_names import external_names, names_for
from reconciler.model.resource import Live
from reconciler.workflow.export.exceptions import with_exceptions
from reconciler.workflow.export.files import DocumentFile, arranged
from reconciler.workflow.export.known import (
    ExportOptions,
    Known,
    known_files,
    require_owner,
    terms_of,
    with_grants_to_people,
)
from reconciler.workflow.folders import catalog_path
from reconciler.workflow.live_state import read_live, require_complete
from reconciler.workflow.named_portal import with_names
from reconciler.workflow.preview import Preview, ProposedFile, preview
from reconciler.workflow.validate import ValidationResult, settings

__all__ = ["ExportOptions", "ExportedFiles", "export_portal"]


class ExportedFiles(msgspec.Struct, frozen=True):
    """The files, what the rules find with them, notes about what is left out, and counts by kind.

    `empty_folders` are folders in the configuration that do not exist and get no file.
    """

    files: tuple[ProposedFile, ...]
    preview: Preview
    notes: tuple[str, ...]
    counts: Mapping[str, int]
    empty_folders: tuple[str, ...] = ()


async def export_portal(
    checked: ValidationResult,
    root: Path,
    portal: Portal,
    options: ExportOptions,
    progress: Progress,
    live: Live | None = None,
) -> ExportedFiles:
    """Read a portal, and return it as files. Raises InputError, and PortalError if the read is incomplete.

    `live` is what it holds by the portal's own names, if it was just read. With other names in the files, it
    is read again.
    """
    known = known_files(checked, root, options)
    scope = settings(known.repository.configuration).metadata.name
    documents = checked.repository.documents if checked.repository else ()
    names = names_for(options.portal, external_names(documents))
    is_partial = bool(options.partners or options.groups)
    if not is_partial:
        require_owner(known.spec, options.owner)
    with quiet_collector():
        terms = terms_of(known, options, portal.capabilities, names)
        if live is None or names:
            live = await read_live(with_names(portal, names), scope, progress)
            require_complete(live)
        live = with_grants_to_people(live, scope, known.spec, options.portal)
        found = export(live, terms)
        if is_partial:
            # Only now it is known that the portal has what was named.
            require_owner(known.spec, options.owner)
        return _exported(known, root, found, _catalog(known, live, terms))


def _exported(known: Known, root: Path, found: Exported, catalog: Sequence[DocumentFile]) -> ExportedFiles:
    """Return the files of documents, with exceptions from rules that would deny them."""
    configuration, today = known.repository.configuration, known.checked.today
    files = [*arranged(found.documents, root, configuration, known.compared), *catalog]
    judged = preview(known.checked, root, _proposed(files))
    excused = with_exceptions(files, judged, today)
    if excused != files:
        judged = preview(known.checked, root, _proposed(excused))
    written = {each.path for each in files}
    return ExportedFiles(
        files=_proposed(excused),
        preview=judged,
        notes=found.notes,
        counts=Counter(each.kind for each in found.documents),
        empty_folders=tuple(
            path
            for path in known.missing
            if not may_hold_documents(path) and not any(each.startswith(f"{path}/") for each in written)
        ),
    )


def _catalog(known: Known, live: Live, terms: Terms) -> list[DocumentFile]:
    """Return the file of the catalog, unless there is one."""
    path = catalog_path(known.repository.configuration)
    if path is None or any(isinstance(each.body, Catalog) for each in known.repository.documents):
        return []
    return [DocumentFile(path, ("Catalog",), (catalog_data(live.apis.values(), terms.owners, terms.owner),))]


def _proposed(files: Sequence[DocumentFile]) -> tuple[ProposedFile, ...]:
    return tuple(ProposedFile(each.path, None, each.text, each.kinds) for each in files)

"""The folders of the configuration in which new documents are written."""

import os
import posixpath
from pathlib import Path

from reconciler.errors import InputError
from reconciler.model.document import Document, KindName
from reconciler.model.file_names import may_hold_documents
from reconciler.workflow.validate import settings

_NOUNS = {"Partner": "partners", "AccessGroup": "access groups", "ApiProduct": "API products"}
_EXAMPLES = {"Partner": "partners", "AccessGroup": "access-groups", "ApiProduct": "access-groups"}


def folder_for(kind: KindName, root: Path, configuration: Document) -> str:
    """Return the first folder for documents of a kind, in normal form. Raises InputError."""
    paths = settings(configuration).spec.paths
    folder = next(
        (path for path, kinds in paths.items() if kind in kinds and not may_hold_documents(path)), None
    )
    if folder is None:
        raise InputError(
            f"{configuration.file} has no folder for {_NOUNS[kind]}",
            f"add one to paths: {_EXAMPLES[kind]}: [{kind}]",
        )
    if not (root / folder).resolve().is_relative_to(root.resolve()):
        raise InputError(f"{folder} leads outside the repository", "use a folder inside of it in paths")
    return posixpath.normpath(folder)


def new_file(root: Path, folder: str, name: str) -> str:
    """Return the path of a new document's own file. Raises InputError if there is such a file already."""
    path = posixpath.normpath(posixpath.join(folder, f"{name}.yaml"))
    if os.path.lexists(root / path):
        raise InputError(f"the file {path} already exists", "choose another name")
    return path


def catalog_path(configuration: Document) -> str | None:
    """Return the path of a new catalog: a file if one is allowed, else in a folder; None if nothing is."""
    allowed = [path for path, kinds in settings(configuration).spec.paths.items() if "Catalog" in kinds]
    files = [path for path in allowed if may_hold_documents(path)]
    path = next(iter([*files, *(f"{each}/catalog.yaml" for each in allowed)]), None)
    return posixpath.normpath(path) if path else None

"""Arrange exported documents in files: a partner in each, a group with the products of its own."""

import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from reconciler.edit import file_text
from reconciler.export import ExportedDocument
from reconciler.model.document import Document, KindName
from reconciler.model.new_document import NewDocument
from reconciler.workflow.folders import folder_for

_ID_KINDS: Mapping[KindName, str] = {
    "Partner": "partner",
    "AccessGroup": "access-group",
    "ApiProduct": "api-product",
}


class DocumentFile(msgspec.Struct, frozen=True):
    """A new file, with its documents in their order."""

    path: str
    kinds: tuple[KindName, ...]
    documents: tuple[NewDocument, ...]

    @property
    def text(self) -> str:
        """The content of the file."""
        return file_text(self.documents, posixpath.dirname(self.path))


def arranged(
    documents: Sequence[ExportedDocument], root: Path, configuration: Document, compared: Mapping[str, str]
) -> list[DocumentFile]:
    """Return the files of these documents. Objects in `compared` get the path of their present file."""
    folders = {kind: folder_for(kind, root, configuration) for kind in {each.kind for each in documents}}
    found: dict[str, list[ExportedDocument]] = {}
    for each in documents:
        path = compared.get(f"{_ID_KINDS[each.kind]}/{each.name}") or _path(each, folders)
        found.setdefault(path, []).append(each)
    return [
        DocumentFile(path, tuple({each.kind: None for each in held}), tuple(each.document for each in held))
        for path, held in sorted(found.items())
    ]


def _path(document: ExportedDocument, folders: Mapping[KindName, str]) -> str:
    """Return the path of the file of a document.

    A product of one group is in its file, if both kinds have the same folder.
    """
    folder = folders[document.kind]
    if document.kind == "ApiProduct" and folders.get("AccessGroup") == folder:
        name = document.beside or f"products/{document.name}"
        return posixpath.normpath(f"{folder}/{name}.yaml")
    return posixpath.normpath(f"{folder}/{document.name}.yaml")

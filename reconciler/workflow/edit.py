"""Edit: operations on a document become a new text of its file, read again before anything is written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from reconciler.edit import Operation, changed, patched
from reconciler.errors import InputError
from reconciler.load.outline import outline
from reconciler.model.document import Document, Repository
from reconciler.workflow.preview import Preview, preview
from reconciler.workflow.validate import ValidationResult


class Edited(msgspec.Struct, frozen=True):
    """The new text of a file, and what the files would lead to with it."""

    text: str
    drafted: Preview


def edit_document(
    checked: ValidationResult, root: Path, document: Document, text: str, operations: Sequence[Operation]
) -> Edited:
    """Return the text of a document's file after these operations. Raises InputError where it cannot be.

    The same loader reads the new text; it has to hold what was meant and nothing else.
    """
    data, line = document.data, document.where().line
    for operation in operations:
        place = next((each for each in outline(text) if each.line == line), None)
        if place is None:
            raise InputError(f"{document.file} was changed by someone else just now", "run this again")
        try:
            text = patched(text, place, data, operation)
        except InputError as error:
            raise InputError(f"{document.file}: {error.message}", error.hint) from error
        data = changed(data, operation)
    drafted = preview(checked, root, document.file, text)
    _require_meant(checked.repository, document, data, drafted)
    return Edited(text, drafted)


def _require_meant(repository: Repository | None, document: Document, data: Any, drafted: Preview) -> None:
    """Raise InputError where the new text does not hold just what was meant."""
    documents = repository.documents if repository else ()
    meant = [data if each is document else each.data for each in documents if each.file == document.file]
    if [each.data for each in drafted.documents] != meant:
        raise InputError(
            f"{document.file} is written in a way that cannot be changed safely; nothing was written",
            "edit it by hand",
        )

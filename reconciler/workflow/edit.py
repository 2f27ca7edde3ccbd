"""Edit a document: apply operations to the text of its file, and check the result before it is written."""

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
    """The new text of a file, and what the rules find with it."""

    text: str
    preview: Preview


def edit_document(
    checked: ValidationResult, root: Path, document: Document, text: str, operations: Sequence[Operation]
) -> Edited:
    """Return the text of a document's file after these operations. Raises InputError where that fails.

    The same loader reads the new text, which must have the intended content and nothing else.
    """
    data, line, current = document.data, document.where().line, text
    for operation in operations:
        place = next((each for each in outline(text) if each.line == line), None)
        if place is None:
            raise InputError(f"{document.file} was changed by another program just now", "run this again")
        try:
            text = patched(text, place, data, operation)
        except InputError as error:
            raise InputError(f"{document.file}: {error.message}", error.hint) from error
        data = changed(data, operation)
    result = preview(checked, root, document.file, text, current=current)
    _require_intended(checked.repository, document, data, result)
    return Edited(text, result)


def _require_intended(repository: Repository | None, document: Document, data: Any, result: Preview) -> None:
    """Raise InputError unless the new text has exactly the intended content."""
    documents = repository.documents if repository else ()
    intended = [data if each is document else each.data for each in documents if each.file == document.file]
    if [each.data for each in result.documents] != intended:
        raise InputError(
            f"{document.file} cannot be edited safely in its present form; nothing was written",
            "edit it by hand",
        )

"""Edit files: their texts before and after, and one preview of all of them, before anything is written.

Every command that changes files describes what it does as `Edits`. `edited` turns them into texts and judges
all of these together; `cli/actions/edits/edit_files.py` shows the difference, and writes all files or none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import msgspec
from yaml import YAMLError

from reconciler.edit import Operation, changed, independent_runs, patched, patched_together
from reconciler.errors import InputError
from reconciler.load.outline import spans
from reconciler.model.document import Document
from reconciler.model.outline import Node
from reconciler.workflow.preview import Preview, ProposedFile, preview
from reconciler.workflow.validate import ValidationResult

# Returns the current text of a file.
Read: TypeAlias = Callable[[str], str]


class DocumentEdit(msgspec.Struct, frozen=True):
    """Operations on a document, each on the result of those before it.

    There are no operations if the document is up to date, and None if it is to be removed.
    """

    document: Document
    operations: Sequence[Operation] | None

    @property
    def file(self) -> str:
        """The path of the document's file."""
        return self.document.file

    @property
    def line(self) -> int:
        """The line that the document begins on."""
        return self.document.where().line or 0


class Edits(msgspec.Struct, frozen=True):
    """What a command changes: one edit for each of several documents, and files that it writes as a whole.

    A file whose last document is removed is removed as well. `moved` has the new paths of files that change
    and get another one, and `former` the present names of objects that get a new one. `notes` say what the
    user should know about the result. `unchanged` is the message to show if no file changes, by default that
    they are up to date. `result` is what all this leads to, if it is known already.
    """

    documents: tuple[DocumentEdit, ...] = ()
    new_files: tuple[ProposedFile, ...] = ()
    notes: tuple[str, ...] = ()
    unchanged: str = ""
    moved: Mapping[str, str] = MappingProxyType({})
    former: Mapping[str, str] = MappingProxyType({})
    result: "Edited | None" = None


class Edited(msgspec.Struct, frozen=True):
    """The files that change, sorted by path, and what the rules find only with all these changes."""

    files: tuple[ProposedFile, ...]
    preview: Preview


class FilesNotEditedError(InputError):
    """Files that cannot be edited, each with its error."""

    def __init__(self, errors: Mapping[str, InputError]) -> None:
        first = next(iter(errors.values()))
        super().__init__(
            "\n".join(each.message for each in errors.values()), first.hint if len(errors) == 1 else ""
        )
        self.errors = errors


def edited(checked: ValidationResult, root: Path, edits: Edits, read: Read) -> Edited:
    """Return the texts of all files after these edits. Raises FilesNotEditedError.

    The same loader reads the new texts, which must have the intended content and nothing else.
    """
    files = _edited_files(checked, edits, read)
    changes = [each.proposed() for each in files]
    proposed = sorted([*edits.new_files, *changes], key=attrgetter("path"))
    result = preview(checked, root, proposed, edits.former)
    _require_intended(files, result)
    return Edited(tuple(proposed), result)


def _edited_files(checked: ValidationResult, edits: Edits, read: Read) -> "list[_File]":
    """Return the files that change. Raises FilesNotEditedError."""
    documents: dict[str, list[Document]] = {}
    for document in checked.repository.documents if checked.repository else ():
        documents.setdefault(document.file, []).append(document)
    touched = sorted(edits.documents, key=attrgetter("file", "line"))
    files: list[_File] = []
    errors: dict[str, InputError] = {}
    for path, group in groupby(touched, key=attrgetter("file")):
        try:
            file = _File(path, edits.moved.get(path, path), read(path), documents.get(path, []))
            # From the last to the first, so that the documents that follow are still on their lines.
            for edit in reversed(list(group)):
                file.apply(edit)
            files.append(file)
        except InputError as error:
            errors[path] = error
    if errors:
        raise FilesNotEditedError(errors)
    return [each for each in files if each.is_changed()]


def _require_intended(files: "Iterable[_File]", result: Preview) -> None:
    """Raise FilesNotEditedError unless the new texts have exactly the intended content."""
    found: dict[str, list[Any]] = {}
    for document in result.documents:
        found.setdefault(document.file, []).append(document.data)
    errors = {
        each.path: InputError(
            f"{each.path} cannot be edited safely in its present form; nothing was written",
            "edit it by hand",
        )
        for each in files
        if not each.is_as_intended(found)
    }
    if errors:
        raise FilesNotEditedError(errors)


class _File:
    """A file while it is edited: its text, and the values that each of its documents is to have."""

    def __init__(self, path: str, new_path: str, text: str, documents: Iterable[Document]) -> None:
        self.path = path
        self._new_path = new_path
        self._before = text
        self._text = text
        self._values = {id(each): each.data for each in documents}

    def apply(self, edit: DocumentEdit) -> None:
        """Edit or remove a document. Raises InputError where that is not possible."""
        if edit.operations is None:
            self._remove(edit)
            return
        for run in independent_runs(edit.operations):
            root = self._span(edit)[0]
            has_aliases = any(node.repeats for node in root.walk())
            for operations in [[each] for each in run] if has_aliases else [run]:
                self._patch(edit, operations)

    def is_changed(self) -> bool:
        """Return whether the text differs from the current one."""
        return self._text != self._before

    def proposed(self) -> ProposedFile:
        """Return the texts before and after."""
        if not self._values:
            return ProposedFile(self.path, self._before, None)
        old_path = self.path if self._new_path != self.path else ""
        return ProposedFile(self._new_path, self._before, self._text, old_path=old_path)

    def is_as_intended(self, found: Mapping[str, list[Any]]) -> bool:
        """Return whether the values that were read from the new text are exactly the intended ones."""
        return found.get(self._new_path, []) == list(self._values.values())

    def _patch(self, edit: DocumentEdit, operations: Sequence[Operation]) -> None:
        """Change the text and the values by one operation, or by several that are independent."""
        root, data = self._span(edit)[0], self._values[id(edit.document)]
        try:
            if len(operations) == 1:
                self._text = patched(self._text, root, data, operations[0])
            else:
                self._text = patched_together(self._text, root, operations)
        except InputError as error:
            raise InputError(f"{self.path}: {error.message}", error.hint) from error
        self._values[id(edit.document)] = reduce(changed, operations, data)

    def _remove(self, edit: DocumentEdit) -> None:
        _, begin, end = self._span(edit)
        self._text = self._text[:begin] + self._text[end:]
        del self._values[id(edit.document)]

    def _span(self, edit: DocumentEdit) -> tuple[Node, int, int]:
        """Return the root node of a document, and where it begins and ends in the present text."""
        try:
            found = spans(self._text)
        except YAMLError:
            found = []
        for span in found:
            if span[0].line == edit.line:
                return span
        raise InputError(f"{self.path} was changed by another program just now", "run this again")

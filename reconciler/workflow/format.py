"""Format the files that a configuration names, and prove that nothing else about them changes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from yaml import YAMLError

from reconciler.edit import formatted as formatted_documents
from reconciler.errors import InputError
from reconciler.load.files import File, Reader
from reconciler.load.outline import spans
from reconciler.load.trees import Folder
from reconciler.load.yaml_parser import parse
from reconciler.model.document import Document
from reconciler.model.file_names import JSON
from reconciler.workflow.validate import settings

# A comment that is above an entry after the first pass can let the entry fit into brackets in the second.
_MOST_PASSES: Final = 3


class FormattedFile(msgspec.Struct, frozen=True):
    """A file of the configuration; `after` is None where it is left as it is, and `problem` is why."""

    path: str
    before: bytes
    after: bytes | None
    problem: str = ""


def formatted_files(document: Document, root: Path) -> Iterator[FormattedFile]:
    """Yield the configuration and each YAML file that it names, sorted by path."""
    paths = settings(document).spec.paths
    places = {path: document.where("spec", "paths", path, key=True) for path in paths}
    reader = Reader(Folder(root))
    own = reader.file(document.file, ("Configuration",))
    named = {each.path: each for each in reader.read(dict(paths), places)}
    files = {own.path: own, **named} if own else named
    yield from (formatted_file(files[path]) for path in sorted(files) if not path.lower().endswith(JSON))


def formatted(path: str, text: str) -> str:
    """Return the text of a new file, formatted. Raises InputError where it cannot be formatted."""
    return _formatted(File(path, text.encode(), ())).decode()


def formatted_file(file: File) -> FormattedFile:
    """Return the formatted content of a file."""
    try:
        return FormattedFile(file.path, file.content, _formatted(file))
    except InputError as error:
        return FormattedFile(file.path, file.content, None, error.message)


def _formatted(file: File) -> bytes:
    """Return the new content of a file. Raises InputError where it cannot be formatted safely."""
    text, comments = _once(file.path, file.content)
    if text == file.content:
        return text
    for _ in range(_MOST_PASSES):
        again, kept = _once(file.path, text)
        if kept != comments:
            break
        if again == text and _values(file) == _values(file._replace(content=text)):
            return text
        text = again
    raise InputError("it cannot be formatted safely")


def _once(path: str, content: bytes) -> tuple[bytes, list[str]]:
    raws = _values(File(path, content, ()))
    try:
        text = content.decode()
        found = formatted_documents(text, spans(text), raws)
    except (UnicodeDecodeError, YAMLError) as error:
        raise InputError("it has errors") from error
    line_break = "\r\n" if b"\r\n" in content else "\n"
    return found.text.replace("\n", line_break).encode(), found.comments


def _values(file: File) -> list[object]:
    raws, findings, is_whole = parse(file.path, file.content)
    if findings or not is_whole:
        raise InputError("it has errors; `reconciler validate` shows them")
    return [raw.data for raw in raws]

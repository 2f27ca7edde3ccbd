"""Read the kind and the name of a document, and check that its file may contain this kind."""

from typing import Any, Final

from reconciler.load.files import File
from reconciler.load.phrases import describe_type, quote, suggest
from reconciler.load.plain_document import Parsed
from reconciler.model.document import DOCUMENTS, Document, KindName
from reconciler.model.finding import Finding

_MAX_NAME_LENGTH: Final = 255
_KINDS: Final[dict[str, KindName]] = {kind: kind for kind in DOCUMENTS}


def envelope(file: File, raw: Parsed) -> tuple[Document | None, list[Finding]]:
    """Return the document with its kind and name if they could be read, or None if it is empty."""
    data = raw.data
    if data is None:
        return None, []
    document = Document(file.path, None, None, raw)
    if not isinstance(data, dict):
        message = f"a document must be a mapping, not {describe_type(data)}"
        hint = "add apiVersion, kind, metadata and spec"
        return None, [Finding.at(document.where(), "schema", message, hint)]
    document.name = _name(data)
    kind_name = data.get("kind")
    kind = _KINDS.get(kind_name) if isinstance(kind_name, str) else None
    if kind is None:
        return document, [_unknown_kind(document, file, kind_name)]
    document.kind = kind
    if kind in file.kinds:
        return document, []
    message = f"the kind {kind} is not allowed in this file"
    return document, [Finding.at(document.where("kind"), "misplaced-kind", message, _allowed(file))]


def _unknown_kind(document: Document, file: File, name: Any) -> Finding:
    """Return the finding for a document whose kind is missing or unknown."""
    place = document.where("kind")
    if "kind" not in document.data:
        return Finding.at(place, "schema", 'the document is missing the key "kind"', _allowed(file))
    if name is None or name == "":
        return Finding.at(place, "schema", "kind is empty", _allowed(file))
    hint = suggest(name, list(DOCUMENTS)) if isinstance(name, str) else _allowed(file)
    return Finding.at(place, "schema", f"unknown kind {quote(name)}", hint)


def _allowed(file: File) -> str:
    """Return a hint that lists the kinds that the configuration allows in the file."""
    if not file.kinds:
        return "the configuration allows no kind here; add one under paths"
    return f"allowed here: {', '.join(file.kinds)}"


def _name(data: dict[str, Any]) -> str | None:
    """Return the name, or None if it is missing or so long that messages should not repeat it."""
    metadata = data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) and len(name) <= _MAX_NAME_LENGTH else None

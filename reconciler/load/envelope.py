"""What a document says it is: its kind, whether its file may have it, and its name."""

from typing import Any, Final

from reconciler.load.files import File
from reconciler.load.phrases import near, shown, sort_of
from reconciler.load.yaml_events import Raw
from reconciler.model.document import DOCUMENTS, Document, KindName
from reconciler.model.finding import Finding

_LONGEST_NAME: Final = 255


def envelope(file: File, raw: Raw) -> tuple[Document | None, list[Finding]]:
    """Return the document, its kind and name where they could be read; None where there is nothing in it."""
    if raw.data is None:
        return None, []
    document = Document(file.path, None, None, raw.data, raw.positions)
    if not isinstance(raw.data, dict):
        message = f"a document has to be a mapping, and is {sort_of(raw.data)}"
        hint = "write apiVersion, kind, metadata and spec"
        return None, [Finding.at(document.where(), "schema", message, hint)]
    document.name = _name(raw.data)
    said = raw.data.get("kind")
    kind: KindName | None = next((each for each in DOCUMENTS if each == said), None)
    if kind is None:
        return document, [_unknown(document, file, said)]
    document.kind = kind
    if kind in file.kinds:
        return document, []
    message = f"the kind {kind} is not allowed in this file"
    return document, [Finding.at(document.where("kind"), "misplaced-kind", message, _allowed(file))]


def _unknown(document: Document, file: File, said: Any) -> Finding:
    """Return the finding of a document whose kind is missing, or is none."""
    place = document.where("kind")
    if "kind" not in document.data:
        return Finding.at(place, "schema", 'the document lacks the key "kind"', _allowed(file))
    if said is None or said == "":
        return Finding.at(place, "schema", "kind is empty", _allowed(file))
    hint = near(said, list(DOCUMENTS)) if isinstance(said, str) else _allowed(file)
    return Finding.at(place, "schema", f"kind is {shown(said)}, which is no kind", hint)


def _allowed(file: File) -> str:
    """Return the kinds that the configuration allows in the file."""
    if not file.kinds:
        return "paths allows no kind here"
    return f"allowed here: {', '.join(file.kinds)}"


def _name(data: dict[str, Any]) -> str | None:
    """Return the name; a text that is far too long for one is no name: messages repeat it."""
    metadata = data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) and len(name) <= _LONGEST_NAME else None

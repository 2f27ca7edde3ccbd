"""What a document says it is: its kind, whether that may stand in its file, and its name."""

import difflib
from typing import Any

from reconciler.load.events import Raw
from reconciler.load.files import File
from reconciler.model.document import DOCUMENTS, Document, KindName
from reconciler.model.finding import Finding


def envelope(file: File, raw: Raw) -> tuple[Document | None, list[Finding]]:
    """Return the document, its kind and name where they could be read; None where there is nothing in it."""
    if raw.data is None:
        return None, []
    document = Document(file.path, None, None, raw.data, raw.positions)
    if not isinstance(raw.data, dict):
        message = "a document is a mapping with apiVersion, kind, metadata and spec"
        return None, [Finding.at(document.where(), "schema", message)]
    document.name = _name(raw.data)
    said = raw.data.get("kind")
    kind: KindName | None = next((each for each in DOCUMENTS if each == said), None)
    if kind is None:
        return document, [_unknown(document, file, said)]
    document.kind = kind
    if kind in file.kinds:
        return document, []
    allowed = " or ".join(file.kinds)
    message = f"a document of the kind {kind} may not stand here"
    place = document.where("kind")
    return document, [Finding.at(place, "misplaced-kind", message, f"only {allowed} may; see paths")]


def _unknown(document: Document, file: File, said: Any) -> Finding:
    allowed = ", ".join(file.kinds)
    if "kind" not in document.data:
        return Finding.at(
            document.where(), "schema", 'the document lacks the key "kind"', f"here stand {allowed}"
        )
    near = difflib.get_close_matches(str(said), DOCUMENTS, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"here stand {allowed}"
    shown = f'"{said}"' if isinstance(said, str) else "no text"
    return Finding.at(document.where("kind"), "schema", f"kind is {shown}, which is no kind", hint)


def _name(data: dict[str, Any]) -> str | None:
    metadata = data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else None

"""Plan files that somebody edited, and made to fit their checksum and their digest again."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

from reconciler.model.plan import Change, checksum, effects_digest
from tests.cli.running import Place

Document = dict[str, Any]


def forge(place: Place, edit: Callable[[Document], None], *, digest: bool = True) -> None:
    """Edit plan.json, and compute its checksum anew, and its digest where that is wanted."""
    path = place.folder / "plan.json"
    document: Document = json.loads(path.read_text())
    edit(document)
    if digest:
        changes = msgspec.convert(document["changes"], tuple[Change, ...])
        names = document["externalNames"]
        document["digest"] = effects_digest(document["portalId"], document["scope"], changes, names)
    document["checksum"] = checksum(document)
    path.write_text(json.dumps(document))


def change(document: Document, resource_id: str) -> Document:
    """Return one change of a plan, to be edited."""
    found: Document
    (found,) = [each for each in document["changes"] if each["id"] == resource_id]
    return found

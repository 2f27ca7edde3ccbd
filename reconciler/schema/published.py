"""The published JSON Schemas of documents: validation and editors use the same files."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

import reconciler
from reconciler.model.document import DOCUMENTS
from reconciler.model.field_types import KindName
from reconciler.schema.titles import file_name

_PACKAGED: Final = Path(__file__).parent / "json"


@cache
def schemas() -> dict[KindName, dict[str, Any]]:
    """Return the JSON Schema of every kind of document.

    Reading them takes a hundredth of the time that generating them takes.
    """
    # In a checkout of this program the files are at its top, in an installed package beside this module.
    folder = _PACKAGED if _PACKAGED.exists() else Path(reconciler.__file__).parents[1] / "schemas"
    return {kind: _read(folder / file_name(kind)) for kind in DOCUMENTS}


def _read(file: Path) -> dict[str, Any]:
    return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])

"""JSON Schemas (draft 2020-12) of documents and outputs, published in the folder schemas."""

import json
from pathlib import Path
from typing import Any

from reconciler.schema.documents import DIALECT, document_schemas, settings_schema
from reconciler.schema.published import schemas

__all__ = ["drift", "files", "output_schemas", "schemas", "settings_schema"]


def output_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every output by name: plan, receipt, findings and others."""
    from reconciler.schema.outputs import OUTPUTS, schema_of  # noqa: PLC0415  not needed to read files

    return {name: {"$schema": DIALECT, "$id": f"{name}.schema.json", **schema_of(name)} for name in OUTPUTS}


def drift(folder: Path) -> list[str]:
    """Return the names of the schema files that are missing or differ from the models."""
    return [name for name, content in files().items() if _content(folder / name) != content]


def files() -> dict[str, str]:
    """Return what every schema file has to contain, by file name, which is the schema's `$id`."""
    made = [*document_schemas().values(), *output_schemas().values()]
    return {schema["$id"]: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for schema in made}


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None

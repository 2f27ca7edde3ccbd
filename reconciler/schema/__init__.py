"""JSON Schemas (draft 2020-12) of what people write and of what programs read, in files that are kept."""

import json
from pathlib import Path
from typing import Any

from reconciler.errors import InputError
from reconciler.schema.documents import DIALECT, schemas

__all__ = ["drift", "output_schemas", "schemas", "write"]


def output_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every output, by its name: plan, receipt, findings, access."""
    from reconciler.schema.outputs import OUTPUTS, schema_of  # noqa: PLC0415  reading files needs none of it

    return {name: {"$schema": DIALECT, "$id": f"{name}.schema.json", **schema_of(name)} for name in OUTPUTS}


def write(folder: Path) -> list[Path]:
    """Write every schema into a folder and return the files. Raises InputError."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in _files().items():
            (folder / name).write_text(content, encoding="utf-8")
            written.append(folder / name)
    except OSError as error:
        raise InputError(f"{error.filename or folder} cannot be written: {error.strerror}") from error
    return written


def drift(folder: Path) -> list[str]:
    """Return the names of the schema files that are missing or differ from the models."""
    return [name for name, content in _files().items() if _content(folder / name) != content]


def _files() -> dict[str, str]:
    """Return what every schema file holds, by its name, which is the schema's `$id`."""
    made = [*schemas().values(), *output_schemas().values()]
    return {schema["$id"]: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for schema in made}


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None

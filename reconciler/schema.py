"""Documents to JSON Schemas (draft 2020-12): what editors complete with and files are checked against."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic.alias_generators import to_snake
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from reconciler.errors import InputError
from reconciler.model.document import DOCUMENTS, KindName

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_ACRONYMS: Final = {"api": "API", "apis": "APIs", "url": "URL"}


class _Schemas(GenerateJsonSchema):
    """Titles that people read, no defaults that nobody may write, and names of keys that are checked."""

    schema_dialect = _DIALECT

    def get_title_from_name(self, name: str) -> str:
        """Return `Display name` for displayName."""
        words = to_snake(name).split("_")
        return " ".join([_ACRONYMS.get(word, word) for word in words]).replace(words[0], _first(words[0]), 1)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Leave out `default: null`: null is an error everywhere."""
        made = super().default_schema(schema)
        if made.get("default", "") is None:
            del made["default"]
        return made

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Check the names of keys; pydantic's `patternProperties` would let others pass unseen."""
        made = super().dict_schema(schema)
        patterns = made.pop("patternProperties", None)
        if patterns:
            [(pattern, values)] = patterns.items()
            made |= {"propertyNames": {"pattern": pattern}, "additionalProperties": values}
        return made


def _first(word: str) -> str:
    return _ACRONYMS.get(word, word.capitalize())


@cache
def schema_of(kind: KindName) -> dict[str, Any]:
    """Return the JSON Schema of one kind."""
    made = DOCUMENTS[kind].model_json_schema(schema_generator=_Schemas)
    return {"$schema": _DIALECT, "$id": file_name(kind), **made}


def schemas() -> "dict[KindName, dict[str, Any]]":
    """Return the JSON Schema of every kind of document."""
    return {kind: schema_of(kind) for kind in DOCUMENTS}


def file_name(kind: KindName) -> str:
    """Return the name of a kind's schema file: api-product.schema.json."""
    return f"{to_snake(kind).replace('_', '-')}.schema.json"


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
    made = {file_name(kind): schema_of(kind) for kind in DOCUMENTS}
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in made.items()}


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None

"""Generate the schemas of documents from their models, to publish them."""

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from reconciler.model.document import DOCUMENTS
from reconciler.model.field_types import KindName
from reconciler.model.model_by_type import schema_by_type
from reconciler.schema.titles import file_name, title

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def document_schemas() -> dict[KindName, dict[str, Any]]:
    """Return the JSON Schema of every kind of document, as its models define it."""
    return {kind: _schema(kind) for kind in DOCUMENTS}


def _schema(kind: KindName) -> dict[str, Any]:
    made = DOCUMENTS[kind].model_json_schema(schema_generator=_Schemas)
    return {"$schema": DIALECT, "$id": file_name(kind), **made}


def settings_schema(portal: str, model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of a configuration in which the settings of one portal fit a model."""
    settings = model.model_json_schema(schema_generator=_Schemas)
    definitions = settings.pop("$defs", {})
    portals = {"properties": {portal: settings}}
    spec = {"properties": {"portals": portals}}
    return {"$schema": DIALECT, "$defs": definitions, "properties": {"spec": spec}}


class _Schemas(GenerateJsonSchema):
    """Generates schemas with readable titles, without null defaults, and with validated key names."""

    schema_dialect = DIALECT

    def get_title_from_name(self, name: str) -> str:
        """Return `Display name` for displayName."""
        return title(name)

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Use the title `Access group` instead of AccessGroup."""
        return _with_title(super().model_schema(schema))

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        """Use the title `Partner spec` instead of PartnerSpec."""
        return _with_title(super().dataclass_schema(schema))

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Omit `default: null`, because null is always an error."""
        made = super().default_schema(schema)
        if made.get("default", "") is None:
            del made["default"]
        return made

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Choose the branch of a union by its `type`."""
        branches = {str(name): self.generate_inner(branch) for name, branch in schema["choices"].items()}
        return schema_by_type(branches)

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Validate the names of keys; pydantic's `patternProperties` would accept others silently."""
        made = super().dict_schema(schema)
        patterns = made.pop("patternProperties", None)
        if patterns:
            [(pattern, values)] = patterns.items()
            made |= {"propertyNames": {"pattern": pattern}, "additionalProperties": values}
        return made


def _with_title(made: JsonSchemaValue) -> JsonSchemaValue:
    return made | {"title": title(made["title"])}

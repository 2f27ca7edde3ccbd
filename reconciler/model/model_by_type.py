"""Settings whose model depends on their `type`: a model is imported when a file has settings of its type."""

from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema


class ModelByType:
    """Marks settings that the model of their `type` validates; `base` is the class of all these models.

    `models` has the model of each type as `module:class`. `other` is the model for all other types; without
    one, other types are invalid.
    """

    def __init__(
        self, base: type[BaseModel], models: Mapping[str, str], other: type[BaseModel] | None = None
    ) -> None:
        self._base = base
        self._models = models
        self._other = other

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(
        self, _core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Choose the schema of a model by the `type` of the settings."""
        models = {name: _schema(self._model(name), handler) for name in self._models}
        return schema_by_type(models, None if self._other is None else _schema(self._other, handler))

    def _validate(self, value: Any) -> BaseModel:
        """Return the settings as the model of their type. Raises ValueError, ValidationError."""
        if isinstance(value, self._base):
            return value
        name = value.get("type") if isinstance(value, dict) else None
        return self._model(name if isinstance(name, str) else "").model_validate(value)

    def _model(self, name: str) -> type[BaseModel]:
        if name in self._models:
            found: type[BaseModel] = resolve_name(self._models[name])
            return found
        if self._other is None:
            raise ValueError(f"type must be one of {', '.join(self._models)}")
        return self._other


def schema_by_type(
    schemas: Mapping[str, dict[str, Any]], other: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a JSON Schema that chooses one of these by the value of `type`, for precise errors.

    `other` is the schema for all other types; without one, other types are invalid.
    """
    types = {"type": "string", "enum": [*schemas]}
    made = other or {"type": "object", "properties": {"type": types}, "required": ["type"]}
    for name, schema in reversed([*schemas.items()]):
        condition = {"properties": {"type": {"const": name}}, "required": ["type"]}
        made = {"if": condition, "then": schema, "else": made}
    return made


def _schema(model: type[BaseModel], handler: GetJsonSchemaHandler) -> dict[str, Any]:
    """Return a reference to the JSON Schema of a model, whose core schema may not have been built yet."""
    model.model_rebuild()
    return handler(core_schema.definitions_schema(model.__pydantic_core_schema__, []))

"""The OpenAPI 3.1 document, generated from the operations and their types."""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from reconciler.portal_server.api.idempotency import Key
from reconciler.portal_server.operations.operation import Operation
from reconciler.portal_server.operations.problems import PROBLEM_JSON, Problem, title
from reconciler.portal_server.values.change_source import HEADER, MAX_LENGTH, PATTERN
from reconciler.portal_server.values.formats import Email

_REF: Final = "#/components/schemas/{name}"
_HEADERS: Final = {
    "ETag": {"description": "The object's strong entity tag", "schema": {"type": "string"}},
    "Location": {"description": "The URL of the object", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to authenticate", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
}
_STATUS_HEADERS: Final = {201: "Location", 401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def openapi(title: str, version: str, operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document of the operations."""
    operations = [operation for operation in operations if not operation.for_pages]
    schemas = _Schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    paths["/openapi.json"] = {"get": _own_operation()}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


class _Schemas:
    """Return the JSON Schemas of all request and response types."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        types = [wanted for one in operations for wanted in (one.body, one.reply) if wanted is not None]
        types += [Problem, Key]
        schemas, self.components = msgspec.json.schema_components(types, ref_template=_REF)
        self._of = list(zip(types, schemas, strict=True))

    def of(self, wanted: Any) -> dict[str, Any]:
        """Return the schema of a type."""
        return next(schema for known, schema in self._of if known == wanted)


def _operation(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_headers(operation)],
        "responses": _responses(operation, schemas),
    }
    if operation.body is not None:
        content = {"application/json": {"schema": schemas.of(operation.body)}}
        described["requestBody"] = {"required": True, "content": content}
    if operation.scopes:
        described["security"] = [{"token": []}]
        described["description"] = f"Scopes: {', '.join(sorted(operation.scopes - {'person'}))}"
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", operation.path)
    return [{"name": name, "in": "path", "required": True, "schema": _in_path(name)} for name in names]


def _in_path(name: str) -> dict[str, Any]:
    return msgspec.json.schema(Email) if name == "email" else {"type": "string", "minLength": 1}


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    (reference,), components = msgspec.json.schema_components([operation.query])
    schema = components[reference["$ref"].rpartition("/")[2]]
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": value}
        for name, value in schema["properties"].items()
    ]


def _headers(operation: Operation) -> list[dict[str, Any]]:
    source = _header(HEADER, {"type": "string", "pattern": PATTERN, "maxLength": MAX_LENGTH})
    if operation.safe:
        return []
    if operation.method == "POST":
        return [_header("Idempotency-Key", msgspec.json.schema(Key)), source]
    if operation.method in {"PATCH", "DELETE"} and "{id}" in operation.path:
        return [_header("If-Match", {"type": "string"}), source]
    if operation.method != "GET":
        return [source]
    return [_header("If-None-Match", {"type": "string"})] if operation.tagged else []


def _header(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": schema}


def _responses(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    responses = {str(operation.status): _success(operation, schemas)}
    if operation.method == "GET" and operation.tagged:
        responses["304"] = {"description": title(304), "headers": {"ETag": _HEADERS["ETag"]}}
    for status in sorted(_error_statuses(operation)):
        responses[str(status)] = _error(status, schemas.of(Problem))
    return responses


def _success(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    response: dict[str, Any] = {"description": title(operation.status)}
    if operation.reply is not None:
        response["content"] = {"application/json": {"schema": schemas.of(operation.reply)}}
    names = [name for name in (operation.tagged and "ETag", _STATUS_HEADERS.get(operation.status)) if name]
    if names:
        response["headers"] = {name: {**_HEADERS[name], "required": True} for name in names}
    return response


def _error(status: int, schema: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": title(status),
        "content": {PROBLEM_JSON: {"schema": schema}},
    }
    if name := _STATUS_HEADERS.get(status):
        response["headers"] = {name: {**_HEADERS[name], "required": True}}
    return response


def _error_statuses(operation: Operation) -> set[int]:
    """Return the error statuses of the operation."""
    # A repeated header gives 400 everywhere.
    statuses = {*operation.error_statuses, 400, 422, 429, 500, 503}
    if "{" in operation.path:
        statuses.add(404)
    if operation.scopes:
        statuses |= {401, 403}
    if operation.body is not None:
        statuses |= {413, 415}
    return statuses


def _own_operation() -> dict[str, Any]:
    return {
        "operationId": "get-openapi",
        "summary": "This document",
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}
        },
    }

"""Compares requests and responses with an OpenAPI 3.0 document."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs
import yaml

_FILTER = re.compile(r"(\w+)\[([\w.]+)\](?:\[(\w+)\])?")


class Exchange(NamedTuple):
    """A request and its response; the bodies are JSON values, None if there is none."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    status: int
    media_type: str
    answer: Any


class Description:
    """The operations of a document."""

    def __init__(self, file: Path) -> None:
        self._document = _as_json_schema(yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader))
        self._operations = [
            (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), method.upper(), operation, item)
            for path, item in self._document["paths"].items()
            for method, operation in item.items()
            if method != "parameters"
        ]
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def problems(self, exchange: Exchange) -> list[str]:
        """Return what differs from the document."""
        for path, method, operation, item in self._operations:
            if method == exchange.method and (found := path.fullmatch(exchange.path)):
                parameters = [
                    self._resolved(each)
                    for each in (*item.get("parameters", ()), *operation.get("parameters", ()))
                ]
                return [
                    f"{exchange.method} {exchange.path} → {exchange.status}: {problem}"
                    for problem in (
                        *self._in_parameters(parameters, found.groupdict(), exchange.query),
                        *self._in_request(operation, exchange),
                        *self._in_response(operation, exchange),
                    )
                ]
        return [f"{exchange.method} {exchange.path} is not described"]

    def _in_parameters(
        self, parameters: list[Any], path: Mapping[str, str], query: Mapping[str, str]
    ) -> Iterator[str]:
        known = {(each["in"], each["name"]): each["schema"] for each in parameters}
        for name, value in path.items():
            yield from self._errors(known["path", name], value)
        for name, text in query.items():
            schema = known.get(("query", name))
            if schema is None and (parts := _FILTER.fullmatch(name)):
                outer = self._resolved(known.get(("query", parts[1]), {"properties": {}}))
                schema = outer["properties"].get(parts[2])
                yield from self._errors(schema or {"not": {}}, {parts[3]: text} if parts[3] else text)
            elif schema is None:
                yield f"the parameter {name} is not described"
            else:
                yield from self._errors(schema, int(text) if schema.get("type") == "integer" else text)

    def _in_request(self, operation: Any, exchange: Exchange) -> Iterator[str]:
        described = self._resolved(operation.get("requestBody", {})).get("content", {})
        if exchange.body is None:
            # An error is the right answer to a missing body.
            if described and exchange.status < 400:
                yield "the request has no body"
        elif "application/json" not in described:
            yield "the request may have no body"
        elif exchange.status != 400:
            yield from self._errors(described["application/json"]["schema"], exchange.body)

    def _in_response(self, operation: Any, exchange: Exchange) -> Iterator[str]:
        described = operation["responses"].get(str(exchange.status))
        if described is None:
            yield "the status is not described"
            return
        content = self._resolved(described).get("content", {})
        if exchange.media_type not in content and (content or exchange.answer is not None):
            yield f"the media type {exchange.media_type} is not described"
        elif content:
            yield from self._errors(content[exchange.media_type]["schema"], exchange.answer)

    def _errors(self, schema: Any, value: Any) -> Iterator[str]:
        key = repr(schema)
        if key not in self._validators:
            whole = {**schema, "components": self._document["components"]}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        for error in self._validators[key].iter_errors(value):
            yield f"{list(error.instance_path)}: {error.message}"

    def _resolved(self, part: Any) -> Any:
        while "$ref" in part:
            found: Any = self._document
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part


@cache
def description(name: str) -> Description:
    """Return the description in a file of this folder."""
    return Description(Path(__file__).parent / name)


def _as_json_schema(part: Any) -> Any:
    """Return a part of a document with `null` as a type, in place of `nullable`."""
    if isinstance(part, list):
        return [_as_json_schema(each) for each in part]
    if not isinstance(part, dict):
        return part
    found = {key: _as_json_schema(value) for key, value in part.items() if key != "nullable"}
    if part.get("nullable") is True and isinstance(part.get("type"), str):
        found["type"] = [part["type"], "null"]
    return found

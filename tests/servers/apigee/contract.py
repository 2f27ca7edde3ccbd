"""Google's discovery document of the Apigee API as a check of requests and responses."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import jsonschema_rs

_INTEGERS = {"int32": "integer", "int64": "string"}


class Method(NamedTuple):
    """A method of the API: its id, its path, and its parameters in the query."""

    id: str
    path: "re.Pattern[str]"
    query: dict[str, dict[str, Any]]
    request: str | None
    response: str


class InvalidRequestError(Exception):
    """A request that Google's front end rejects."""


@cache
def document() -> dict[str, Any]:
    """Return the discovery document, as Google's client has it."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    found: dict[str, Any] = json.loads((folder / "apigee.v1.json").read_text("utf-8"))
    return found


def method_of(verb: str, path: str) -> Method | None:
    """Return the method of a request, or None."""
    return next((each for each in _methods().get(verb, ()) if each.path.fullmatch(path)), None)


def check_request(method: Method, query: dict[str, str], body: Any) -> None:
    """Raise InvalidRequestError for unknown parameters, and for a body with unknown or mistyped fields."""
    for name, value in query.items():
        if name not in method.query:
            raise InvalidRequestError(f'Invalid JSON payload received. Unknown name "{name}"')
        _check_parameter(name, value, method.query[name])
    if body is not None and method.request is None:
        raise InvalidRequestError("Invalid JSON payload received. Unknown body")
    if method.request is not None:
        try:
            _validator(method.request).validate({} if body is None else body)
        except jsonschema_rs.ValidationError as error:
            raise InvalidRequestError(f"Invalid JSON payload received. {error.message}") from error


def check_response(method: Method, body: Any) -> None:
    """Raise an exception for a response that the document does not allow."""
    _validator(method.response).validate(body)


def _check_parameter(name: str, value: str, known: dict[str, Any]) -> None:
    if known["type"] == "integer" or known.get("format") in _INTEGERS:
        if not value.lstrip("-").isdigit():
            raise InvalidRequestError(f"Invalid value at '{name}': {value}")
    elif known["type"] == "boolean" and value not in {"true", "false"}:
        raise InvalidRequestError(f"Invalid value at '{name}': {value}")


@cache
def _methods() -> dict[str, list[Method]]:
    found: dict[str, list[Method]] = {}
    _collect(document()["resources"], found)
    return found


def _collect(resources: dict[str, Any], found: dict[str, list[Method]]) -> None:
    for resource in resources.values():
        for each in resource.get("methods", {}).values():
            template = each.get("flatPath", each["path"])
            path = re.compile("/" + re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template)))
            query = {
                name: parameter
                for name, parameter in each.get("parameters", {}).items()
                if parameter["location"] == "query"
            } | document()["parameters"]
            method = Method(
                each["id"], path, query, each.get("request", {}).get("$ref"), each["response"]["$ref"]
            )
            found.setdefault(each["httpMethod"], []).append(method)
        _collect(resource.get("resources", {}), found)


@cache
def _validator(name: str) -> Any:
    return jsonschema_rs.validator_for({"$ref": f"#/$defs/{name}", "$defs": _schemas()})


@cache
def _schemas() -> dict[str, Any]:
    return {name: _schema(each) for name, each in document()["schemas"].items()}


def _schema(found: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON Schema in which no unknown field is allowed, as the API does not accept any."""
    if "$ref" in found:
        return {"$ref": f"#/$defs/{found['$ref']}"}
    kind = found.get("type")
    if kind == "array":
        return {"type": "array", "items": _schema(found["items"])}
    if kind == "object":
        more = found.get("additionalProperties")
        return {
            "type": "object",
            "properties": {name: _schema(each) for name, each in found.get("properties", {}).items()},
            "additionalProperties": _schema(more) if more else False,
        }
    if kind == "string" and found.get("format") == "int64":
        return {"type": "string", "pattern": "^-?[0-9]+$"}
    if kind == "any":
        return {}
    return {"type": kind, **({"enum": found["enum"]} if "enum" in found else {})}

"""Report the schema errors of a document in small batches.

The library builds every error of a value before it returns the first one, so a list of a million invalid
entries would need gigabytes. Long lists and mappings are therefore validated in chunks, on demand.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

from reconciler.load.error_paths import resolve_path
from reconciler.model.source_map import Path

Schema: TypeAlias = Mapping[str, Any]

# Containers with more children than this are validated in chunks of this size.
_CHUNK_SIZE: Final = 20
_CONTAINERS: Final[Mapping[str, type]] = {"object": dict, "array": list}


class SchemaError(NamedTuple):
    """An error of the library, the schema that its paths refer to, and the path of the invalid value."""

    error: Any
    schema: Schema
    path: Path


class _Container(NamedTuple):
    """A long list or mapping of which only the first chunk was validated, its schema, and its path."""

    children: Any
    schema: Schema
    path: Path


class ChunkedValidator:
    """A compiled schema; the subschemas of lists and mappings are compiled when a long one is validated."""

    def __init__(self, schema: Schema) -> None:
        self._definitions = {"$defs": schema.get("$defs", {})}
        self._root = schema
        self._compiled: dict[int, tuple[Any, Schema]] = {}

    def is_valid(self, data: Any) -> bool:
        """Return whether the data matches the schema."""
        return bool(self._compile(self._root)[0].is_valid(data))

    def errors(self, data: Any) -> Iterator[SchemaError]:
        """Yield the errors of the data; those after the first chunk of a long container come last."""
        return self._errors(data, self._root, (), 0)

    def _errors(self, data: Any, schema: Schema, path: Path, first: int) -> Iterator[SchemaError]:
        """Yield the errors of the value at `path`, or of the chunk of it that begins at index `first`."""
        long: list[_Container] = []
        short = self._shorten(data, schema, (), long)
        validator, whole = self._compile(schema)
        for error in validator.iter_errors(short):
            below = resolve_path(short, error.instance_path, error.instance)
            yield SchemaError(error, whole, (*path, *_shift(below, first)))
        for container in long:
            at = (*path, *_shift(container.path, first))
            for start, chunk in _further_chunks(container.children):
                if not self._compile(container.schema)[0].is_valid(chunk):
                    yield from self._errors(chunk, container.schema, at, start)

    def _shorten(self, data: Any, schema: Schema | None, path: Path, long: list[_Container]) -> Any:
        """Return the data with only the first chunk of each long container; add those containers to `long`.

        Containers whose children have different schemas are kept whole. Values of unknown keys are dropped,
        because only the names are reported.
        """
        schema = self._resolve(schema, data)
        if schema is None or not isinstance(data, dict | list):
            return data
        children: Iterable[tuple[Any, Any]] = data.items() if isinstance(data, dict) else enumerate(data)
        if len(data) > _CHUNK_SIZE and _has_uniform_children(schema, data):
            long.append(_Container(data, schema, path))
            children = islice(children, _CHUNK_SIZE)
        short = {}
        for step, child in children:
            below = _schema_of(step, schema)
            short[step] = None if below is False else self._shorten(child, below, (*path, step), long)
        return short if isinstance(data, dict) else list(short.values())

    def _resolve(self, schema: Schema | None, data: Any) -> Schema | None:
        """Resolve references and conditions on the data to the schema that applies to it."""
        while schema is not None:
            if "$ref" in schema:
                schema = self._definitions["$defs"][schema["$ref"].removeprefix("#/$defs/")]
            elif "if" in schema:
                schema = schema["then" if _meets(schema["if"], data) else "else"]
            else:
                break
        return schema

    def _compile(self, schema: Schema) -> tuple[Any, Schema]:
        """Return a validator for a schema, and the schema with its definitions."""
        import jsonschema_rs  # noqa: PLC0415  keeps start-up fast

        found = self._compiled.get(id(schema))
        if found is None:
            whole = {**schema, **self._definitions}
            validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            found = self._compiled[id(schema)] = validator, whole
        return found


def _meets(condition: Schema, data: Any) -> bool:
    """Whether the data has the JSON type, or the values of keys, that a condition names."""
    if "type" in condition:
        return isinstance(data, _CONTAINERS[condition["type"]])
    return isinstance(data, dict) and all(
        data.get(name) == value["const"] for name, value in condition["properties"].items()
    )


def _has_uniform_children(schema: Schema, data: dict[str, Any] | list[Any]) -> bool:
    """Return whether one schema applies to every child, so that the children can be validated separately."""
    if isinstance(data, list):
        return isinstance(schema.get("items"), dict)
    return isinstance(schema.get("additionalProperties"), dict) and "properties" not in schema


def _schema_of(step: str | int, schema: Schema) -> Any:
    """Return the schema of a child: None if any value is allowed, False if the child is not allowed."""
    if isinstance(step, int):
        return schema.get("items")
    child = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    return None if child is True else child


def _further_chunks(children: Any) -> Iterator[tuple[int, Any]]:
    """Yield the chunks of a container after the first, each with the index of its first child."""
    entries = children if isinstance(children, list) else list(children.items())
    for start in range(_CHUNK_SIZE, len(entries), _CHUNK_SIZE):
        chunk = entries[start : start + _CHUNK_SIZE]
        yield start, chunk if isinstance(children, list) else dict(chunk)


def _shift(path: Path, first: int) -> Path:
    """Convert a path in a chunk to a path in the whole list."""
    if path and isinstance(path[0], int):
        return (path[0] + first, *path[1:])
    return path

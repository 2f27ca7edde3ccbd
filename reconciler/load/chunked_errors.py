"""The errors of a document against its schema, few at a time.

The library builds every error of a value before it returns the first, and a list of a million wrong entries
would cost gigabytes. So long lists and mappings are checked in pieces, as far as the caller asks for more.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

from reconciler.load.json_paths import route
from reconciler.model.source_map import Path

Schema: TypeAlias = Mapping[str, Any]

# Containers with more children are checked in pieces of this many.
_PIECE: Final = 20
_CONTAINERS: Final[Mapping[str, type]] = {"object": dict, "array": list}


class SchemaError(NamedTuple):
    """An error of the library, the schema that its own paths begin at, and the path of the refused value."""

    error: Any
    schema: Schema
    path: Path


class _Container(NamedTuple):
    """A long list or mapping of which only the first piece was checked, its schema, and where it is."""

    children: Any
    schema: Schema
    path: Path


class PiecewiseValidator:
    """A schema, compiled; those of its lists and mappings are compiled when a long one comes."""

    def __init__(self, schema: Schema) -> None:
        self._definitions = {"$defs": schema.get("$defs", {})}
        self._root = schema
        self._compiled: dict[int, tuple[Any, Schema]] = {}

    def is_valid(self, data: Any) -> bool:
        """Whether the data fits the schema."""
        return bool(self._compile(self._root)[0].is_valid(data))

    def errors(self, data: Any) -> Iterator[SchemaError]:
        """Yield the errors of the data, those beyond the first piece of a long container last."""
        return self._errors(data, self._root, (), 0)

    def _errors(self, data: Any, schema: Schema, path: Path, first: int) -> Iterator[SchemaError]:
        """Yield the errors of the value at `path`, or of a piece of it that begins at the index `first`."""
        long: list[_Container] = []
        short = self._shortened(data, schema, (), long)
        validator, whole = self._compile(schema)
        for error in validator.iter_errors(short):
            below = route(short, error.instance_path, error.instance)
            yield SchemaError(error, whole, (*path, *_shifted(below, first)))
        for container in long:
            at = (*path, *_shifted(container.path, first))
            for start, piece in _further_pieces(container.children):
                if not self._compile(container.schema)[0].is_valid(piece):
                    yield from self._errors(piece, container.schema, at, start)

    def _shortened(self, data: Any, schema: Schema | None, path: Path, long: list[_Container]) -> Any:
        """Return the data with the first piece of each long container, all of which are added to `long`.

        Nothing is left out where the schema does not say what each child has to be. Of unknown keys, only the
        names matter.
        """
        schema = self._chosen(schema, data)
        if schema is None or not isinstance(data, dict | list):
            return data
        children: Iterable[tuple[Any, Any]] = data.items() if isinstance(data, dict) else enumerate(data)
        if len(data) > _PIECE and _has_uniform_children(schema, data):
            long.append(_Container(data, schema, path))
            children = islice(children, _PIECE)
        short = {}
        for step, child in children:
            below = _schema_of(step, schema)
            short[step] = None if below is False else self._shortened(child, below, (*path, step), long)
        return short if isinstance(data, dict) else list(short.values())

    def _chosen(self, schema: Schema | None, data: Any) -> Schema | None:
        """Return the schema that a reference, or the type of the data, leads to."""
        while schema is not None:
            if "$ref" in schema:
                schema = self._definitions["$defs"][schema["$ref"].removeprefix("#/$defs/")]
            elif "if" in schema:
                fits = isinstance(data, _CONTAINERS[schema["if"]["type"]])
                schema = schema["then" if fits else "else"]
            else:
                break
        return schema

    def _compile(self, schema: Schema) -> tuple[Any, Schema]:
        """Return a validator for a schema, and the schema with all that it refers to."""
        import jsonschema_rs  # noqa: PLC0415  start-up counts

        found = self._compiled.get(id(schema))
        if found is None:
            whole = {**schema, **self._definitions}
            validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            found = self._compiled[id(schema)] = validator, whole
        return found


def _has_uniform_children(schema: Schema, data: dict[str, Any] | list[Any]) -> bool:
    """Whether one schema holds for each child, so that some of them can be checked without the others."""
    if isinstance(data, list):
        return isinstance(schema.get("items"), dict)
    return isinstance(schema.get("additionalProperties"), dict) and "properties" not in schema


def _schema_of(step: str | int, schema: Schema) -> Any:
    """Return the schema of a child: None where it may be anything, False where it may not be at all."""
    if isinstance(step, int):
        return schema.get("items")
    return schema.get("properties", {}).get(step, schema.get("additionalProperties"))


def _further_pieces(children: Any) -> Iterator[tuple[int, Any]]:
    """Yield the pieces of a container after the first, each with the index of its first child."""
    entries = children if isinstance(children, list) else list(children.items())
    for start in range(_PIECE, len(entries), _PIECE):
        piece = entries[start : start + _PIECE]
        yield start, piece if isinstance(children, list) else dict(piece)


def _shifted(path: Path, first: int) -> Path:
    """Return a path in a piece as a path in the whole list."""
    if path and isinstance(path[0], int):
        return (path[0] + first, *path[1:])
    return path

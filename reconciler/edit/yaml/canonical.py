"""The canonical form of documents: keys in the order of the models, no defaults, the shortest spelling."""

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, get_args, get_origin

import msgspec
from pydantic.fields import FieldInfo

from reconciler.model.document import DOCUMENTS
from reconciler.model.field_types import KindName, as_json, fields_of, is_part
from reconciler.model.source_map import Path

_REQUIRED: Final = object()


class Key(msgspec.Struct, frozen=True):
    """A key of a mapping: its default value, the shape of what it holds, and whether that is by name."""

    default: Any
    shape: "Shape | None"
    named: bool


class Shape(msgspec.Struct, frozen=True):
    """The keys of a mapping in canonical order.

    `short` is the only key that the mapping may have to be written as its value alone, or empty.
    """

    keys: Mapping[str, Key]
    short: str = ""


def shape_at(kind: KindName, path: Path) -> Shape | None:
    """Return the shape of the mapping at a path of a document; None if its keys have no order."""
    shape, named = shape_of(DOCUMENTS[kind]), False
    for step in path:
        if isinstance(step, int):
            continue
        if named:
            named = False
            continue
        key = shape.keys.get(step)
        if key is None or key.shape is None:
            return None
        shape, named = key.shape, key.named
    return None if named else shape


def key_after(kind: KindName, path: Path, key: str, present: Container[str]) -> str:
    """Return the first key of a mapping that belongs after a new one, or nothing if it becomes the last."""
    shape = shape_at(kind, path)
    names = list(shape.keys) if shape else []
    following = names[names.index(key) + 1 :] if key in names else []
    return next((name for name in following if name in present), "")


def canonical(data: Any, shape: Shape | None) -> Any:
    """Return values in canonical form; keys that the models do not have are last, in the order given."""
    if isinstance(data, list):
        return [canonical(each, shape) for each in data]
    if not isinstance(data, dict) or shape is None:
        return data
    found = dict(_pairs(data, shape))
    return found[shape.short] if shape.short and [*found] == [shape.short] else found


def ordered(data: Any, shape: Shape | None) -> Any:
    """Return the same values with all keys in canonical order; unknown keys are last, in the order given."""
    if isinstance(data, list):
        return [ordered(each, shape) for each in data]
    if not isinstance(data, dict):
        return data
    if shape is None:
        return {name: ordered(value, None) for name, value in data.items()}
    found = {}
    for name in _names(data, shape):
        key, value = shape.keys.get(name, _ANY), data[name]
        by_name = key.named and isinstance(value, dict)
        found[name] = (
            {each: ordered(below, key.shape) for each, below in value.items()}
            if by_name
            else ordered(value, key.shape)
        )
    return found


def _names(data: Mapping[str, Any], shape: Shape) -> list[str]:
    known = [name for name in shape.keys if name in data]
    return [*known, *(name for name in data if name not in shape.keys)]


def _pairs(data: Mapping[str, Any], shape: Shape) -> Iterator[tuple[str, Any]]:
    for name in _names(data, shape):
        key = shape.keys.get(name, _ANY)
        value = data[name]
        if key.named and isinstance(value, dict):
            value = {each: canonical(below, key.shape) for each, below in value.items()}
        else:
            value = canonical(value, key.shape)
        if value is not None and value != key.default and not _is_name(name, value, data, key):
            yield name, value


def _is_name(name: str, value: Any, data: Mapping[str, Any], key: Key) -> bool:
    """Return whether an optional displayName is the default, the name itself."""
    return name == "displayName" and key.default is None and value == data.get("name")


@cache
def shape_of(model: type[Any]) -> Shape:
    """Return the shape of the mappings that a model describes."""
    keys = {key: _key(field) for key, field in fields_of(model).items()}
    return Shape(keys, _SHORT.get(model.__name__, ""))


def _key(field: FieldInfo) -> Key:
    models: dict[Any, None] = dict.fromkeys(each for each in _inside(field.annotation) if is_part(each))
    shape = _shape_of_all([shape_of(each) for each in models])
    named = any(get_origin(each) is dict for each in _inside(field.annotation))
    return Key(_default(field, shape), shape, named)


def _shape_of_all(shapes: Sequence[Shape]) -> Shape | None:
    """Return one shape for mappings of several kinds; None if there are none, or if they share keys."""
    keys = {name: key for each in shapes for name, key in each.keys.items()}
    if not shapes or len(keys) < sum(len(each.keys) for each in shapes):
        return None
    return Shape(keys, "".join(each.short for each in shapes))


def _default(field: FieldInfo, shape: Shape | None) -> Any:
    if field.is_required():
        return _REQUIRED
    value = field.get_default(call_default_factory=True)
    if is_part(type(value)):
        return canonical(as_json(value), shape)
    return list(value) if isinstance(value, tuple) else value


def _inside(annotation: Any) -> Iterator[Any]:
    """Yield a type and all types in it."""
    yield annotation
    for each in get_args(annotation):
        yield from _inside(each)


_ANY: Final = Key(_REQUIRED, None, named=False)
# The models that have a shorter spelling: an e-mail alone, or the name of a group alone.
_SHORT: Final = {"Person": "email", "GroupAccess": "group"}

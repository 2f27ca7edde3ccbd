"""Errors that are built piece by piece are those that the library finds in the whole."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.load import chunked_errors
from reconciler.load.chunked_errors import ChunkedValidator
from reconciler.load.error_paths import resolve_path
from reconciler.model.field_types import KindName
from reconciler.schema import schemas
from tests.growth import memory
from tests.laws import examples
from tests.model.spoiling import spoiled_documents

Error = tuple[tuple[str | int, ...], str, str]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunked_errors, "_CHUNK_SIZE", 1)


def in_pieces(schema: dict[str, Any], data: Any) -> list[Error]:
    found = ChunkedValidator(schema).errors(data)
    return sorted((each.path, each.error.kind.name, last(each.error)) for each in found)


def whole(schema: dict[str, Any], data: Any) -> list[Error]:
    errors = ChunkedValidator(schema)._compile(schema)[0].iter_errors(data)  # noqa: SLF001  the library itself
    return sorted(
        (resolve_path(data, each.instance_path, each.instance), each.kind.name, last(each)) for each in errors
    )


def last(error: Any) -> str:
    """Return the keyword that refused, and what it says of keys."""
    told = error.kind.as_dict()
    return f"{error.schema_path[-1]} {told.get('property', '')} {told.get('unexpected', '')}"


@examples(200)
@given(spoiled_documents)
def test_the_errors_are_the_same_in_pieces(case: tuple[KindName, Any]) -> None:
    kind, data = case
    if isinstance(data, dict):
        assert in_pieces(schemas()[kind], data) == whole(schemas()[kind], data)


lists = st.recursive(
    st.sampled_from(["text", 7, None]),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.sampled_from("abc1"), below, max_size=3),
    max_leaves=12,
)
NESTED: dict[str, Any] = {
    "$defs": {
        "Any": {
            "if": {"type": "array"},
            "then": {"type": "array", "items": {"$ref": "#/$defs/Any"}, "minItems": 1},
            "else": {
                "if": {"type": "object"},
                "then": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Any"}},
                "else": {"type": "string"},
            },
        }
    },
    "$ref": "#/$defs/Any",
}


@given(lists)
def test_places_in_nested_lists_are_those_of_the_whole(data: Any) -> None:
    assert in_pieces(NESTED, data) == whole(NESTED, data)


def test_the_first_error_of_a_long_list_costs_no_more_than_that_of_a_short_one() -> None:
    short, long = [1] * 1_000, [1] * 100_000
    validator = ChunkedValidator({"items": {"type": "string"}})

    cost = memory(lambda: next(validator.errors(short)))

    assert memory(lambda: next(validator.errors(long))) < 2 * cost


def test_an_error_behind_a_thousand_good_entries_is_found() -> None:
    [found] = ChunkedValidator({"items": {"type": "string"}}).errors([*["x"] * 1_000, 7, "x"])

    assert found.path == (1_000,)

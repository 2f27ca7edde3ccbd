"""The schemas of documents are good to complete with, and say what they mean."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from reconciler.schema import schemas

DEFINED = [
    pytest.param(part, id=f"{kind}: {part.get('title')}")
    for kind, schema in schemas().items()
    for part in [schema, *schema["$defs"].values()]
]


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema in a schema, itself too."""
    if isinstance(schema, dict):
        yield schema
        for below in schema.values():
            yield from parts(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from parts(below)


@pytest.mark.parametrize("kind", schemas())
def test_every_schema_is_one(kind: Any) -> None:
    assert jsonschema_rs.meta.is_valid(schemas()[kind])


@pytest.mark.parametrize("part", DEFINED)
def test_every_part_and_key_has_a_title_and_a_description(part: Any) -> None:
    said = {"": part, **{key: below for key, below in part["properties"].items() if "$ref" not in below}}

    assert [
        key for key, below in said.items() if not below.get("title") or not below.get("description")
    ] == []


@pytest.mark.parametrize("part", DEFINED)
def test_no_part_lets_unknown_keys_pass(part: Any) -> None:
    # The package of another portal checks its settings itself.
    assert part["additionalProperties"] is (part["title"] == "Other portal")


@pytest.mark.parametrize("kind", schemas())
def test_examples_and_defaults_fit(kind: Any) -> None:
    schema = schemas()[kind]
    wrong = [
        (part.get("title"), value)
        for part in parts(schema)
        for value in [*part.get("examples", ()), *([part["default"]] if "default" in part else ())]
        if not jsonschema_rs.is_valid({**part, "$defs": schema["$defs"]}, value)
    ]

    assert wrong == []


@pytest.mark.parametrize("kind", schemas())
def test_nothing_defaults_to_null(kind: Any) -> None:
    assert [part for part in parts(schemas()[kind]) if part.get("default", "") is None] == []


@pytest.mark.parametrize("kind", schemas())
def test_the_names_of_keys_are_checked_so_that_no_other_passes(kind: Any) -> None:
    assert [part for part in parts(schemas()[kind]) if "patternProperties" in part] == []


@pytest.mark.parametrize("kind", schemas())
def test_the_branch_of_a_union_is_selected_by_type_for_errors(kind: Any) -> None:
    assert [part for part in parts(schemas()[kind]) if "anyOf" in part] == []

"""A document matches its JSON Schema if and only if it matches its model, for two validators."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import jsonschema_rs
import pytest
from hypothesis import given
from pydantic import ValidationError

from reconciler.model.document import DOCUMENTS
from reconciler.model.field_types import KindName
from reconciler.schema import schemas
from tests.laws import examples, is_full
from tests.model.edges import EDGES
from tests.model.spoiling import WRITTEN, everything, holder, kinds, places, spoiled_documents


def matches(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
    """Match `pattern` as in JSON Schema: Python's `$` also matches before a final line break."""
    if isinstance(instance, str) and not re.search(pattern.removesuffix("$") + r"\Z", instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


Reference = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": matches})
FAST = {
    kind: jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for kind, schema in schemas().items()
}
SLOW = {
    kind: Reference(schema, format_checker=Reference.FORMAT_CHECKER) for kind, schema in schemas().items()
}


def verdicts(kind: KindName, data: Any) -> dict[str, bool]:
    """Who accepts the document: the fast validator, the reference, the model."""
    try:
        DOCUMENTS[kind].model_validate(data)
    except ValidationError:
        fits = False
    else:
        fits = True
    return {
        "jsonschema-rs": FAST[kind].is_valid(data),
        "jsonschema": SLOW[kind].is_valid(data),
        "model": fits,
    }


def agreed(kind: KindName, data: Any) -> bool:
    """What all three say of a document."""
    told = verdicts(kind, data)
    assert len(set(told.values())) == 1, told
    return told["model"]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_documents_that_use_every_key_are_accepted(kind: KindName) -> None:
    assert [data for data in WRITTEN[kind] if not agreed(kind, data)] == []


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(200)
@given(spoiled_documents)
def test_schema_and_model_say_the_same_of_spoiled_documents(case: tuple[KindName, Any]) -> None:
    agreed(*case)


@examples(50)
@given(kinds, everything())
def test_schema_and_model_say_the_same_of_anything(kind: KindName, data: Any) -> None:
    agreed(kind, data)


@pytest.mark.no_cover  # it runs the same lines again and again
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_schema_and_model_say_the_same_with_each_edge_in_each_place(kind: KindName) -> None:
    spoiled = [(data, path, edge) for data in WRITTEN[kind] for path in places(data) for edge in EDGES]
    # Each place, and each edge; with the profile `full`, each edge in each place.
    for data, path, edge in spoiled[:: 1 if is_full() else 8]:
        whole = [copy.deepcopy(data)]
        place, step = holder(whole, path)
        place[step] = edge
        agreed(kind, whole[0])

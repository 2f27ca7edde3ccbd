"""A document fits its JSON Schema if and only if it fits its model, whoever reads the schema."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import ValidationError

from reconciler.load.parsing import parse
from reconciler.model.document import DOCUMENTS
from reconciler.model.values import KindName
from reconciler.schema import schemas
from tests.model.edges import EDGES, KEYS

Steps = tuple[str | int, ...]
TEXT = Path(__file__).with_name("written.yaml").read_bytes()
ALL = [raw.data for raw in parse("written.yaml", TEXT)[0]]
WRITTEN: dict[str, list[Any]] = {kind: [one for one in ALL if one["kind"] == kind] for kind in DOCUMENTS}


def matches(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
    """The keyword `pattern` as JSON Schema means it: Python's `$` also stands before a last line break."""
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


def places(data: Any) -> Iterator[Steps]:
    """Yield the path of each value, the whole first."""
    yield ()
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in below:
        yield from ((step, *path) for path in places(value))


@st.composite
def spoiled(draw: DrawFn, kind: KindName) -> Any:
    """A good document in which a few things were put, taken out, doubled or named anew."""
    whole = [copy.deepcopy(draw(st.sampled_from(WRITTEN[kind])))]
    for _ in range(draw(st.integers(1, 3))):
        if whole:
            change = draw(st.sampled_from([put, take_out, add, rename]))
            change(draw, *holder(whole, draw(st.sampled_from(list(places(whole[0]))))))
    return whole[0] if whole else None


def holder(whole: list[Any], path: Steps) -> tuple[Any, str | int]:
    """Return what holds the value at a path, and the step from it to the value."""
    *way, last = (0, *path)
    here: Any = whole
    for step in way:
        here = here[step]
    return here, last


def put(draw: DrawFn, place: Any, step: Any) -> None:
    place[step] = draw(values)


def take_out(_: DrawFn, place: Any, step: Any) -> None:
    del place[step]


def add(draw: DrawFn, place: Any, step: Any) -> None:
    target = place[step]
    if isinstance(target, dict):
        target[draw(st.sampled_from(KEYS))] = draw(values)
    elif isinstance(target, list):
        target.append(draw(values))


def rename(draw: DrawFn, place: Any, step: Any) -> None:
    if isinstance(place, dict):
        place[draw(st.sampled_from(KEYS) | st.text(max_size=5))] = place.pop(step)


def everything() -> SearchStrategy[Any]:
    leaf = st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text(max_size=5)
    return st.recursive(
        leaf,
        lambda below: st.lists(below, max_size=2) | st.dictionaries(st.sampled_from(KEYS), below, max_size=2),
    )


values = st.sampled_from(EDGES) | everything()
kinds = st.sampled_from(get_args(KindName))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_documents_that_use_every_key_are_accepted(kind: KindName) -> None:
    assert [data for data in WRITTEN[kind] if not agreed(kind, data)] == []


@settings(max_examples=400, deadline=None)
@given(kinds.flatmap(lambda kind: st.tuples(st.just(kind), spoiled(kind))))
def test_schema_and_model_say_the_same_of_spoiled_documents(case: tuple[KindName, Any]) -> None:
    agreed(*case)


@settings(max_examples=100, deadline=None)
@given(kinds, everything())
def test_schema_and_model_say_the_same_of_anything(kind: KindName, data: Any) -> None:
    agreed(kind, data)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_schema_and_model_say_the_same_with_each_edge_in_each_place(kind: KindName) -> None:
    for data in WRITTEN[kind]:
        for path in places(data):
            for edge in EDGES:
                whole = [copy.deepcopy(data)]
                place, step = holder(whole, path)
                place[step] = edge
                agreed(kind, whole[0])

"""Documents that use every key, and random mutations of them."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from reconciler.load.yaml_parser import parse
from reconciler.model.document import DOCUMENTS
from reconciler.model.field_types import KindName
from tests.model.edges import EDGES, KEYS

Steps = tuple[str | int, ...]
TEXT = Path(__file__).with_name("written.yaml").read_bytes()
ALL = [raw.data for raw in parse("written.yaml", TEXT)[0]]
WRITTEN: dict[str, list[Any]] = {kind: [one for one in ALL if one["kind"] == kind] for kind in DOCUMENTS}


def places(data: Any) -> Iterator[Steps]:
    """Yield the path of each value, the whole first."""
    yield ()
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in below:
        yield from ((step, *path) for path in places(value))


@st.composite
def spoiled(draw: DrawFn, kind: KindName) -> Any:
    """A valid document with a few random insertions, removals, duplications and renames."""
    whole = [copy.deepcopy(draw(st.sampled_from(WRITTEN[kind])))]
    for _ in range(draw(st.integers(1, 3))):
        if whole:
            change = draw(st.sampled_from([put, take_out, add, rename]))
            change(draw, *holder(whole, draw(st.sampled_from(list(places(whole[0]))))))
    return whole[0] if whole else None


def holder(whole: list[Any], path: Steps) -> tuple[Any, str | int]:
    """Return the parent of the value at a path, and the last step of the path."""
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


values = st.sampled_from(EDGES).map(copy.deepcopy) | everything()
kinds = st.sampled_from(get_args(KindName))
spoiled_documents: SearchStrategy[tuple[KindName, Any]] = kinds.flatmap(
    lambda kind: st.tuples(st.just(kind), spoiled(kind))
)

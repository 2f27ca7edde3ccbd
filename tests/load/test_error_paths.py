from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.load.error_paths import resolve_path
from tests.load.loading import PARTNER, loaded, messages

KEYS = ("", "0", "1", "01", "+1", "-1", "a", "~", "a/b")


@pytest.mark.parametrize(
    ("data", "told", "path"),
    [
        ({"a": [1, 2]}, ["a", 1], ("a", 1)),
        ({"a": {"1": 2}}, ["a", 1], ("a", "1")),
        ({"a": {"01": 2}}, ["a", 1], ("a", "01")),
        ({"": 2}, [], ("",)),
        ({"": {"a": 2}, "a": 3}, ["a"], ("", "a")),
        ({"a": {"": {"": 2}}}, ["a"], ("a", "", "")),
        ({"0": 2, "00": 2}, [0], ("0",)),
    ],
)
def test_the_path_is_the_one_that_leads_to_the_value(
    data: Any, told: list[Any], path: tuple[Any, ...]
) -> None:
    assert resolve_path(data, told, 2) == path


def test_where_no_value_is_equal_the_first_way_is_meant() -> None:
    assert resolve_path({"a": 10**31 + 1}, ["a"], 1e31) == ("a",)


mappings = st.recursive(
    st.just("good"),
    lambda below: st.dictionaries(st.sampled_from(KEYS), below, max_size=3) | st.lists(below, max_size=2),
    max_leaves=6,
)


@given(mappings, st.data())
def test_a_reported_path_leads_to_the_refused_value(tree: Any, data: st.DataObject) -> None:
    ways = list(leaves(tree))
    if not ways:
        return
    chosen = data.draw(st.sampled_from(ways))
    wrong = replaced(tree, chosen)
    schema: dict[str, Any] = {
        "not": {"const": "wrong"},
        "additionalProperties": {"$ref": "#"},
        "items": {"$ref": "#"},
    }

    [error] = jsonschema_rs.Draft202012Validator(schema).iter_errors(wrong)

    assert resolve_path(wrong, error.instance_path, error.instance) == chosen


def leaves(tree: Any) -> Any:
    if isinstance(tree, str):
        yield ()
        return
    for step, below in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield from ((step, *way) for way in leaves(below))


def replaced(tree: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return "wrong"
    step, *rest = path
    if isinstance(tree, dict):
        return {**tree, step: replaced(tree[step], tuple(rest))}
    return [replaced(each, tuple(rest)) if index == step else each for index, each in enumerate(tree)]


@pytest.mark.parametrize(
    ("labels", "answer"),
    [
        ('{"0": 1}', '3:38: metadata.labels.0 must be text, not the number 1 (quote it: "1")'),
        ('{"": 1}', '3:37: metadata.labels."" must be text, not the number 1 (quote it: "1")'),
    ],
)
def test_a_label_of_digits_or_without_a_name_is_reported_at_its_value(
    labels: str, answer: str, tmp_path: Path
) -> None:
    text = PARTNER.replace("{name: acme}", f"{{name: acme, labels: {labels}}}") + "}\n"

    assert messages(loaded(tmp_path, {"partners/acme.yaml": text})[1]) == [f"partners/acme.yaml:{answer}"]

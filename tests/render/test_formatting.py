"""How values are said, and what comes and goes between two of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.formatting import difference, list_difference, value

WORDS = st.text(alphabet="ab \"\\:{},'", max_size=6)
LISTS = st.lists(WORDS, max_size=6, unique=True)


@pytest.mark.parametrize(
    ("given", "path", "said"),
    [
        (None, "agreement", "not set"),
        (None, "until", "no end date"),
        (None, "rules.admin-domain", "default (error)"),
        (None, "rules.of-another-version", "default"),
        (True, "delegated", "yes"),
        (7, "maxDays", "7"),
        ("acme", "displayName", "acme"),
        ("Acme Ltd", "displayName", '"Acme Ltd"'),
        ('new "checkout" <b>', "displayName", '"new \\"checkout\\" <b>"'),
        ("a \\ b", "displayName", '"a \\\\ b"'),
        ("", "displayName", '""'),
        ("a\u202eb c", "displayName", '"a\\u202eb c"'),
        (["a", "b c"], "domains", '[a, "b c"]'),
        ({"count": 5, "reason": "a b"}, "guard", '{count: 5, reason: "a b"}'),
    ],
)
def test_a_value_is_formatted_as_in_files(given: Any, path: str, said: str) -> None:
    assert value(given, path) == said


@pytest.mark.parametrize(
    ("before", "after", "path", "said"),
    [
        ("error", "off", "rules.yaml", "error → off"),
        ("2028-08-31", None, "until", "2028-08-31 → no end date"),
        (["a", "b"], ["b", "c"], "domains", "- a, + c"),
        (None, ["a"], "blocked", "+ a"),
        (["a"], None, "blocked", "- a"),
        (["a", "b"], ["b", "a"], "domains", "reordered"),
        ("a", ["a"], "of-another-version", "a → [a]"),
        (
            [{"type": "reseller"}],
            [{"type": "contractor"}],
            "offers",
            "- {type: reseller}, + {type: contractor}",
        ),
    ],
)
def test_lists_show_only_removed_and_added_items(before: Any, after: Any, path: str, said: str) -> None:
    assert difference(before, after, path) == said


@given(WORDS, WORDS)
def test_only_equal_values_have_equal_texts(one: str, other: str) -> None:
    assert (value(one) == value(other)) == (one == other)


@given(LISTS, LISTS)
def test_what_goes_and_what_comes_leads_from_one_list_to_the_other(
    before: list[str], after: list[str]
) -> None:
    moved = list_difference(before, after)

    assert moved is not None
    had, has = set(map(value, before)), set(map(value, after))
    assert (had - set(moved.removed)) | set(moved.added) == has
    assert not set(moved.removed) & has | set(moved.added) & had

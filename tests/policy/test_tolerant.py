import pytest

from reconciler.model.identity import normalized_domain, normalized_email
from reconciler.policy.tolerant import at, entries, items, place
from tests.builders import partner


def test_a_value_is_found_by_its_keys_and_nothing_where_they_lead_nowhere() -> None:
    data = {"a": {"b": [1, 2]}}

    assert (at(data, "a", "b"), at(data, "a", "c"), at(data, "a", "b", "c"), at(5, "a")) == (
        [1, 2],
        None,
        None,
        None,
    )


def test_only_a_list_has_items() -> None:
    assert (items({"a": [1]}, "a"), items({"a": "text"}, "a"), items(None)) == ([1], [], [])


def test_entries_are_text_or_have_it_at_a_key() -> None:
    assert list(entries(["x", {"email": "y"}, {"other": "z"}, 5], "email", ("spec", "people"))) == [
        ("x", ("spec", "people", 0)),
        ("y", ("spec", "people", 1, "email")),
    ]


@pytest.mark.parametrize(("address", "one"), [("ANA@Acme.example", "ana@acme.example"), ("A@☃.X", "a@☃.x")])
def test_an_address_that_cannot_exist_keeps_its_own_spelling(address: str, one: str) -> None:
    assert normalized_email(address) == one
    assert normalized_domain(address.partition("@")[2]) == one.partition("@")[2]


def test_a_place_is_written_as_file_line_and_column() -> None:
    assert place(partner("acme"), ("metadata", "name")) == "partners/acme.yaml:4:9"

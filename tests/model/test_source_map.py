"""Where values and keys are found, and what is pointed at where there is nothing."""

import pytest

from reconciler.load.yaml_parser import parse

TEXT = b"""\
metadata:
  name: acme
spec:
  teams:
    - name: integration
      admins: [ana@acme.example, {email: bo@acme.example}]
    - name: finance
"""


def found(*path: str | int, key: bool = False) -> tuple[int, int]:
    [document], _, _ = parse("acme.yaml", TEXT)
    return document.find(path, key=key)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("metadata",), (2, 3)),
        (("metadata", "name"), (2, 9)),
        (("spec", "teams"), (5, 5)),
        (("spec", "teams", 0), (5, 7)),
        (("spec", "teams", 0, "admins", 0), (6, 16)),
        (("spec", "teams", 0, "admins", 1, "email"), (6, 42)),
        (("spec", "teams", 1, "name"), (7, 13)),
    ],
)
def test_a_value_is_found_where_it_begins(path: tuple[str | int, ...], place: tuple[int, int]) -> None:
    assert found(*path) == place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("metadata",), (1, 1)),
        (("spec", "teams", 0, "admins"), (6, 7)),
        (("spec", "teams", 0, "admins", 1, "email"), (6, 35)),
        (("spec", "teams", 0, "admins", 0), (6, 16)),
    ],
)
def test_a_key_is_found_where_it_begins_and_an_item_is_its_own_key(
    path: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    assert found(*path, key=True) == place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("nothing",), (1, 1)),
        (("metadata", "nothing", "below"), (2, 3)),
        (("metadata", "name", "below"), (2, 9)),
        (("spec", "teams", 2), (5, 5)),
        (("spec", "teams", -1), (5, 5)),
        (("spec", "teams", "name"), (5, 5)),
        (("spec", "teams", 1, "admins"), (7, 7)),
    ],
)
def test_what_is_missing_is_found_at_the_last_value_that_leads_to_it(
    path: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    assert found(*path) == place
    assert found(*path, key=True) == place


def test_an_alias_has_its_own_place_and_the_values_in_it_those_of_the_anchor() -> None:
    [document], _, _ = parse("x.yaml", b"a: &x\n  b: [1, 2]\nc: *x\nd: &y 3\ne: *y\n")
    paths = (("a",), ("c",), ("c", "b", 1), ("d",), ("e",))

    assert [document.find(path) for path in paths] == [
        (1, 4),
        (3, 4),
        (2, 10),
        (4, 4),
        (5, 4),
    ]


def test_the_children_of_long_lists_and_mappings_are_found_alike() -> None:
    text = "many:\n" + "- [7, 7]\n" * 100 + "".join(f"k{number}: {{a: 7}}\n" for number in range(100))
    [document], _, _ = parse("x.yaml", text.encode())
    paths: list[tuple[str | int, ...]] = [("many", 99, 1), ("k99", "a"), ("many", 100), ("many", -1), ("no",)]

    assert [document.find(path) for path in paths] == [
        (101, 7),
        (201, 10),
        (2, 1),
        (2, 1),
        (1, 1),
    ]
    assert document.find(("k99",), key=True) == (201, 1)

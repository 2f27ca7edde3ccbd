"""Names in ids: every text has one encoded form, and usual names are their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.ids import decoded, encoded
from reconciler.model.kinds import person_of

ODD = st.text() | st.text("%/25F0\x00\n", max_size=8)


@given(name=ODD)
def test_law_what_is_encoded_is_decoded_to_the_same_name(name: str) -> None:
    assert decoded(encoded(name)) == name


@given(name=ODD)
def test_law_an_encoded_name_is_one_part_of_an_id(name: str) -> None:
    part = encoded(name)

    assert (part != "", "/" in part, part.splitlines()[1:] if part.isascii() else []) == (True, False, [])


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("acme", "acme"),
        ("tracking.v2~x", "tracking.v2~x"),
        ("ana+50%@acme.example", "ana+50%@acme.example"),
        ("a%20b@acme.example", "a%20b@acme.example"),
        ("a/b@acme.example", "a%2Fb@acme.example"),
        ("a%2Fb@acme.example", "a%252Fb@acme.example"),
        ("a%25b@acme.example", "a%2525b@acme.example"),
        ("two\nlines", "two%0Alines"),
        ("日本", "日本"),
        ("", "%"),
        ("%", "%25"),
    ],
)
def test_only_characters_that_ids_cannot_contain_are_encoded(name: str, part: str) -> None:
    assert encoded(name) == part


@pytest.mark.parametrize(
    ("resource_id", "person"),
    [
        ("membership/acme/ops/a%2Fb@acme.example", "a/b@acme.example"),
        ("grant/tracking/developer/sam@indie.example", "sam@indie.example"),
    ],
)
def test_an_id_names_its_person(resource_id: str, person: str) -> None:
    assert person_of(resource_id) == person

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.field_types import SLUG
from reconciler.model.slugs import slug, slugs


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acme Logistics GmbH (EU)", "acme-logistics-gmbh-eu"),
        ("Müller & Söhne", "muller-sohne"),
        ("Ærø Straßenbau Łódź", "aero-strassenbau-lodz"),
        ("L'Étoile d\u2019Or", "letoile-dor"),
        ("İstanbul Lojistik", "istanbul-lojistik"),
        ("ACME_2.0", "acme-2-0"),
        ("ﬁne ①", "fine-1"),
        ("東京", ""),
        ("  ", ""),
        ("a" * 62 + " b", "a" * 62),
    ],
)
def test_a_slug_is_the_name_in_plain_latin_letters(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_names_with_the_same_slug_are_numbered_after_names_that_are_slugs() -> None:
    assert slugs(["ACME", "acme", "Acme!", "東京", "大阪", "x y"], "partner", taken=["x-y", "partner-1"]) == {
        "acme": "acme",
        "ACME": "acme-2",
        "Acme!": "acme-3",
        "x y": "x-y-2",
        "大阪": "partner-2",
        "東京": "partner-3",
    }


def test_a_number_fits_in_the_length_of_a_slug() -> None:
    assert slugs(["a" * 63, "A" * 63], "x")["A" * 63] == "a" * 61 + "-2"


@given(
    st.lists(st.text() | st.sampled_from(["a", "A", "a-2", "A 2", "é", "日"])),
    st.sets(st.sampled_from(["a"])),
)
def test_all_slugs_are_valid_and_different(names: list[str], taken: set[str]) -> None:
    found = slugs(names, "team", taken)

    assert [*found] and all(re.fullmatch(SLUG, each) for each in found.values()) if names else not found
    assert len({*found.values()}) == len(found)
    assert not {*found.values()} & taken
    assert found == slugs(reversed(names), "team", taken)

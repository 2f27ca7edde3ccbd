"""Titles of teams on sites without partners."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PortalError
from reconciler.portals.drupal.names import joined, separated


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("acme/ops", ("acme", "ops")),
        ("acme/ops/eu", ("acme", "ops/eu")),
        ("Acme Logistics", ("Acme Logistics", "Acme Logistics")),
        ("/ops", ("/ops", "/ops")),
        ("acme/", ("acme/", "acme/")),
        ("acme/acme", ("acme/acme", "acme/acme")),
    ],
)
def test_titles_are_split_at_the_first_slash(title: str, names: tuple[str, str]) -> None:
    assert separated(title) == names
    assert joined(*names) == title


@given(st.text(alphabet="a/%", max_size=6))
def test_every_title_is_read_back(title: str) -> None:
    assert joined(*separated(title)) == title


@pytest.mark.parametrize(("partner", "team"), [("a/b", "c"), ("", "a"), ("acme", "")])
def test_a_name_that_would_be_read_otherwise_is_refused(partner: str, team: str) -> None:
    with pytest.raises(PortalError):
        joined(partner, team)

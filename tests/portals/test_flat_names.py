"""Names of teams in portals without partners."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PortalError
from reconciler.portals.flat_names import flat_name, split_name


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("acme.ops", ("acme", "ops")),
        ("acme.ops.eu", ("acme", "ops.eu")),
        ("internal", ("", "internal")),
        (".ops", ("", ".ops")),
        ("acme.", ("", "acme.")),
        ("", ("", "")),
    ],
)
def test_names_are_split_at_the_first_dot(name: str, names: tuple[str, str]) -> None:
    assert split_name(name) == names
    assert flat_name(*names) == name


@given(st.text(alphabet="a.%", max_size=5))
def test_every_name_is_read_back(name: str) -> None:
    assert flat_name(*split_name(name)) == name


@pytest.mark.parametrize(("partner", "team"), [("a.b", "c"), ("", "a.b"), ("acme", "")])
def test_a_name_that_would_be_read_otherwise_is_refused(partner: str, team: str) -> None:
    with pytest.raises(PortalError):
        flat_name(partner, team)

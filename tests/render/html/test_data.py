"""The data that the script reads: it says what the plan says, however many rows share a name."""

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.access import LEVELS, AccessChange, Impact
from reconciler.render.html.data import data

NAMES = st.sampled_from(["a", "b", "</script>", "ä & b"])
LEVEL_NAMES = list(LEVELS)
ROWS = st.builds(
    AccessChange,
    api=NAMES,
    from_=st.sampled_from(LEVEL_NAMES),
    to=st.sampled_from(LEVEL_NAMES),
    team=st.none() | NAMES,
    people=st.lists(NAMES, unique=True).map(tuple),
    via=st.lists(NAMES.map("access-group/{}".format), max_size=2).map(tuple),
    until=st.none() | st.sampled_from(["2027-12-31", "2028-01-01"]),
    remaining_until=st.none() | st.sampled_from(["2027-06-30", "2028-01-01"]),
)


@given(st.lists(ROWS, max_size=6).map(tuple), st.lists(ROWS, max_size=6).map(tuple))
def test_the_data_contains_the_access_changes_of_the_plan(
    lost: tuple[AccessChange, ...], gained: tuple[AccessChange, ...]
) -> None:
    written = re.fullmatch("<script[^>]*>(.*)</script>", data(Impact(gained, lost)))

    assert written is not None
    assert rows_in(json.loads(written[1])) == [*lost, *gained]


def rows_in(said: dict[str, Any]) -> list[AccessChange]:
    """Return the rows, with the names that stand for their numbers."""
    return [
        AccessChange(
            api=said["apis"][api],
            from_=LEVEL_NAMES[before],
            to=LEVEL_NAMES[after],
            team=None if team < 0 else said["teams"][team],
            people=tuple(said["people"][person] for person in said["peopleSets"][members]),
            via=tuple(f"access-group/{each}" for each in said["vias"][via]),
            until=None if end < 0 else said["ends"][end],
            remaining_until=None if remaining < 0 else said["ends"][remaining],
        )
        for api, before, after, team, members, via, end, remaining in said["steps"]
    ]

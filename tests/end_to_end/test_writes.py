"""How often portals are written to: a list that is written as a whole once, and nothing without a change."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from math import ceil
from pathlib import Path
from typing import Any, cast

import pytest

from reconciler.model.plan import Change
from reconciler.model.portal import Portal
from reconciler.model.write_result import WriteResult
from reconciler.testing.harness import PortalUnderTest, run
from tests.builders import group, partner, team
from tests.end_to_end.held_portals import HELD_PORTALS, HeldPortal
from tests.end_to_end.test_nothing_dropped import applied

MEMBERS = [f"person{number}@acme.example" for number in range(10)]
TEAM = {**team("ops", members=MEMBERS, access=["gold"]), "admins": []}
FILES = [group("gold", apis=["tracking"]), partner("acme", TEAM)]


class CountedPortal:
    """A portal whose batches are recorded."""

    def __init__(self, portal: Portal, batches: list[Sequence[Change]]) -> None:
        self._portal, self._batches = portal, batches

    def __getattr__(self, name: str) -> Any:
        return getattr(self._portal, name)

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        self._batches.append(batch)
        return await self._portal.write(batch, owner_label)


class CountedUnderTest:
    """A ground whose adapters record their batches."""

    def __init__(self, ground: PortalUnderTest) -> None:
        self.batches: list[Sequence[Change]] = []
        self._ground = ground

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Portal]:
        async with self._ground.open() as portal:
            yield cast("Portal", CountedPortal(portal, self.batches))


@pytest.mark.parametrize("portal", HELD_PORTALS, ids=lambda each: each.name)
def test_members_of_one_team_are_written_together_and_what_is_there_never_again(
    portal: HeldPortal, tmp_path: Path
) -> None:
    with portal.grounds(tmp_path) as new:
        ground = CountedUnderTest(new())
        run(applied(cast("PortalUnderTest", ground), portal.fallbacks, FILES))
        batches = [batch for batch in ground.batches if any(each.kind == "membership" for each in batch)]
        ground.batches.clear()
        run(applied(cast("PortalUnderTest", ground), portal.fallbacks, FILES))

    assert sum(each.kind == "membership" for batch in batches for each in batch) == len(MEMBERS)
    assert len(batches) == ceil(len(MEMBERS) / portal.together)
    assert ground.batches == []

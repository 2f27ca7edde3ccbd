"""The tables of requests in `docs/portals/`, and how many requests something takes."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from reconciler.model.resource import Resource, ResourceId
from reconciler.testing.harness import ALL, PortalUnderTest, apply_plan, asking, plan, quiet, reach

_PAGES: Final = Path(__file__).parents[2] / "docs/portals"
_ROW: Final = re.compile(r"\| (?P<what>[^|]+) \| (?P<requests>[^|]+) \|")
_NUMBER: Final = re.compile(r"\d[\d,]*")


def table(portal: str) -> dict[str, list[int]]:
    """Return the numbers of each row of a page, in order."""
    page = (_PAGES / f"{portal}.md").read_text(encoding="utf-8")
    section = page.partition("\n## Requests\n")[2].partition("\n## ")[0]
    return {
        row["what"]: [int(number.replace(",", "")) for number in _NUMBER.findall(row["requests"])]
        for row in _ROW.finditer(section)
        if row["what"] != "---"
    }


def cost(
    portal: PortalUnderTest,
    before: list[Resource],
    after: list[Resource],
    renames: Mapping[ResourceId, ResourceId] = MappingProxyType({}),
) -> int:
    """Return how many requests it takes to write the changes from one state to another one."""

    async def act() -> int:
        await reach(portal, asking(*before))
        async with portal.open() as opened:
            made = plan(asking(*after, renames=renames), (await opened.read(ALL, quiet)).live)
            earlier = opened.traffic.requests
            receipt = await apply_plan(opened, made)
            assert [each for each in receipt.entries if each.outcome != "applied"] == []
            return opened.traffic.requests - earlier

    return asyncio.run(act())


def read_cost(portal: PortalUnderTest) -> int:
    """Return how many requests it takes to read everything."""

    async def act() -> int:
        async with portal.open() as opened:
            assert (await opened.read(ALL, quiet)).problem == ""
            return opened.traffic.requests

    return asyncio.run(act())

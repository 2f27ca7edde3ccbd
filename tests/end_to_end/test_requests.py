"""How often a portal is asked: counted, because what is not counted grows."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from reconciler.cli.actions.trust import Trust
from reconciler.model.portal import Portal
from reconciler.model.receipt import Receipt, Traffic
from reconciler.portal_server import create_app
from reconciler.portal_server.storage import tables
from reconciler.portals.embedded.schemas import LARGE_PAGE_SIZE
from reconciler.testing.harness import ALL
from reconciler.workflow.apply import ApplyOptions, apply
from reconciler.workflow.plan import plan
from reconciler.workflow.plan_options import PlanOptions
from reconciler.workflow.sessions import open_portal
from tests.end_to_end.test_converges import CONFIGURATION, NOW, SAMPLE, TODAY, checked, quiet

# The instance of the portal, the owner of the token, and a page of each of nine lists.
READ = 11
LEASE = 2
Result = TypeVar("Result")


def within(folder: Path, act: Callable[[Portal], Awaitable[Result]]) -> tuple[Result, Traffic]:
    async def run() -> tuple[Result, Traffic]:
        place = folder / "reconciler.yaml"
        known = checked(*SAMPLE)
        async with open_portal(place, CONFIGURATION, None, Trust(place), known.repository) as portal:
            return await act(portal), portal.traffic

    return asyncio.run(run())


async def plan_and_apply(portal: Portal) -> Receipt:
    found = await plan(checked(*SAMPLE), portal, PlanOptions(portal="local", now=NOW), quiet)
    assert found.plan is not None
    terms = ApplyOptions(today=TODAY, now=lambda: NOW, progress=quiet)
    return await apply(found.plan, portal, CONFIGURATION, terms)


async def resources(portal: Portal) -> int:
    return len((await portal.read(ALL, quiet)).resources)


def test_a_plan_asks_for_each_list_once(tmp_path: Path) -> None:
    async def act(portal: Portal) -> None:
        await plan(checked(*SAMPLE), portal, PlanOptions(portal="local", now=NOW), quiet)

    assert within(tmp_path, act)[1].requests == READ


def test_apply_asks_once_a_change_and_reads_before_and_after(tmp_path: Path) -> None:
    receipt, traffic = within(tmp_path, plan_and_apply)

    changes = len(receipt.entries)
    assert (receipt.converged, changes, traffic.requests, traffic.retries) == (
        True,
        12,
        READ + LEASE - 1 + READ + changes + READ + 1,
        0,
    )
    assert receipt.traffic is not None
    assert receipt.traffic.requests == traffic.requests - 1


def test_ten_thousand_partners_are_read_in_no_more_requests_than_pages(tmp_path: Path) -> None:
    number = 10_000
    app = create_app(str(tmp_path / "portal.db"), apis=[])
    fields = {"type": "reseller", "status": "active", "display_name": "A", "owner": "partnerships"}
    empty: dict[str, object] = {"domains": [], "blocked": [], "agreement": None, "managed_by": None}
    with app.state.database.writing() as connection:
        connection.execute(
            tables.partners.insert(),
            [
                {"id": f"par_{each}", "name": f"p{each}", "etag": '"1"', **fields, **empty}
                for each in range(number)
            ],
        )
    app.state.database.close()

    found, traffic = within(tmp_path, resources)
    assert (found, traffic.requests) == (number, READ - 1 + number // LARGE_PAGE_SIZE)


def test_a_thousand_teams_of_ten_members_are_read_in_no_more_requests_than_pages(tmp_path: Path) -> None:
    teams, members = 1_000, 10
    app = create_app(str(tmp_path / "portal.db"), apis=[])
    common: dict[str, object] = {"etag": '"1"', "managed_by": None}
    partner = {"type": "reseller", "status": "active", "owner": "partnerships", "agreement": None}
    team = {"partner_id": "par_1", "delegated": True, "display_name": "A"}
    with app.state.database.writing() as connection:
        connection.execute(
            tables.partners.insert(),
            [
                {
                    "id": "par_1",
                    "name": "acme",
                    "display_name": "A",
                    "domains": [],
                    "blocked": [],
                    **partner,
                    **common,
                }
            ],
        )
        connection.execute(
            tables.teams.insert(),
            [{"id": f"team_{each}", "name": f"t{each}", **team, **common} for each in range(teams)],
        )
        connection.execute(
            tables.members.insert(),
            [
                {
                    "id": f"mem_{each}",
                    "team_id": f"team_{each // members}",
                    "email": f"p{each}@acme.example",
                    "role": "member",
                    "state": "active",
                    "etag": '"1"',
                }
                for each in range(teams * members)
            ],
        )
    app.state.database.close()

    found, traffic = within(tmp_path, resources)
    assert (found, traffic.requests) == (
        1 + teams + teams * members,
        READ - 1 + teams * members // LARGE_PAGE_SIZE,
    )

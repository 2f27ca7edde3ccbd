"""Measure `reconciler export` of an embedded portal: 1,000 partners, 2,000 teams, 100,000 memberships.

Prints CPU seconds and memory of the command, which also hosts the portal, and its requests. Run it with
`python -m bench.export`.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench.process import run
from bench.run import RECONCILER, TODAY
from bench.seed import fill
from reconciler.cli.actions.trust import Trust
from reconciler.model.resource import Desired, Resource
from reconciler.model.snapshot import Selection
from reconciler.portal_server import ApiEntry, create_app
from reconciler.portals.embedded.schemas import LARGE_PAGE_SIZE
from reconciler.workflow.sessions import open_portal
from reconciler.workflow.validate import read_configuration

PARTNERS, TEAMS, PEOPLE, GROUPS, APIS = 1_000, 2, 50, 100, 200
_CONFIGURATION: Final = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {name: bench}
spec:
  paths: {partners: [Partner], access-groups: [AccessGroup, ApiProduct], catalog.yaml: [Catalog]}
  owners: {partnerships: {email: p@our-company.example}}
  portals: {local: {type: embedded, database: portal.db}}
"""


def main() -> None:
    """Fill a portal, export it, print."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "reconciler.yaml").write_text(_CONFIGURATION)
        resources = {each.id: each for each in _resources()}
        apis = [ApiEntry(f"api-{number}", f"API {number}", "partnerships") for number in range(APIS)]
        app = create_app(str(folder / "portal.db"), apis=apis)
        with app.state.database.writing() as connection:
            fill(connection, _desired(resources))
        app.state.database.close()
        requests, pages = asyncio.run(_requests(folder, len(resources)))
        for options in ((), ("--include-members",)):
            command = [RECONCILER, "export", "--today", TODAY, "--into", f"out{len(options)}", *options]
            found = run([*command, "--trust-database", "portal.db"], folder)
            size = sum(each.stat().st_size for each in folder.glob(f"out{len(options)}/**/*.yaml")) / 1e6
            print(
                f"{' '.join(('export', *options)):28}{found.cpu:7.1f} s CPU {found.megabytes:6.0f} MB"
                f" {len(found.output.splitlines()):6,} files, {size:.1f} MB"
            )
        print(f"{len(resources):,} objects, {requests} requests, {pages} pages of objects")


async def _requests(folder: Path, objects: int) -> tuple[int, int]:
    """Return the number of requests of a read, and that of its full pages."""
    path = folder / "reconciler.yaml"
    async with open_portal(path, read_configuration(path), "local", Trust(path)) as portal:
        found = await portal.read(Selection(owner_label="bench"), lambda *_: None)
        assert len(found.resources) == objects
        return portal.traffic.requests, -(-objects // LARGE_PAGE_SIZE)


def _desired(resources: dict[str, Resource]) -> Desired:
    return Desired("bench", TODAY, resources, {}, {}, {}, frozenset(), frozenset(), frozenset())


def _resources() -> Iterator[Resource]:
    owned = {"owner": "partnerships"}
    for group in range(GROUPS):
        yield _made(f"access-group/Group-{group}", displayName=f"Group {group}", **owned)
        yield from (_made(f"access-item/Group-{group}/api/api-{group + APIS // 2 * each}") for each in (0, 1))
    for partner in range(PARTNERS):
        name = f"Partner_{partner}"
        yield _made(
            f"partner/{name}", type="reseller", status="active", displayName=f"Partner {partner}", **owned
        )
        for team in range(TEAMS):
            where = f"{name}/Team.{team}"
            yield _made(f"team/{where}", displayName=f"Team {team}", delegated=team == 0)
            yield _made(f"grant/Group-{partner % GROUPS}/team/{where}", level="consume", until="2027-12-31")
            for person in range(PEOPLE):
                role = "admin" if person == 0 else "member"
                yield _made(f"membership/{where}/p{person}.t{team}@partner-{partner}.example", role=role)


def _made(resource_id: str, **fields: Any) -> Resource:
    return Resource(resource_id, fields)


if __name__ == "__main__":
    main()

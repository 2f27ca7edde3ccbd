"""Measure the pages of the embedded portal on PostgreSQL: each page alone, and under load.

Prints for each page how many statements it needs, the median and the 95th percentile of its time, and the
median as a multiple of the time that the same statements take without the portal. With `--load`, it also
lets 200 browsers use two processes of the portal for a minute.
"""

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx2
import psycopg
from sqlalchemy import Engine, event

from bench.memberships import fill
from reconciler.portal_server import Site, create_app
from reconciler.portal_server.identity import sessions
from reconciler.portal_server.storage.database import Database
from tests.servers.postgresql import running

URL: Final = "https://portal.example"
OPERATOR: Final = "olga@portal.example"
SITE: Final = Site(url=URL, operators=frozenset({OPERATOR}))
SERVER: Final = """
import sys
from reconciler.portal_server import ServerOptions, Site, create_app, serve
site = Site(url="https://portal.example", operators=frozenset({"olga@portal.example"}))
options = ServerOptions(connections=1000, of_one_client=1000)
serve(create_app(sys.argv[1], site=site), port=0, ready=lambda url: print(url, flush=True), options=options)
"""


class Measured(NamedTuple):
    """A page: who opens it, and where."""

    name: str
    person: str
    path: str


_TEAM: Final = "/ui/teams/team_1"
_ADMIN: Final = "person1@d1.example"
PAGES: Final = (
    Measured("home of an admin", _ADMIN, "/ui/"),
    Measured("home of an operator", OPERATOR, "/ui/"),
    Measured("members, 100,000 in the team", _ADMIN, f"{_TEAM}/members"),
    Measured("members, found by a part of the address", _ADMIN, f"{_TEAM}/members?search=99"),
    Measured("invite", _ADMIN, f"{_TEAM}/members/invite"),
    Measured("a person", _ADMIN, f"{_TEAM}/members/mem_20500"),
    Measured("our access", _ADMIN, f"{_TEAM}/access"),
    Measured("requests", _ADMIN, f"{_TEAM}/requests"),
    Measured("audit log of a team", _ADMIN, f"{_TEAM}/audit"),
    Measured("my access", _ADMIN, "/ui/me"),
    Measured("partners", OPERATOR, "/ui/operator/partners"),
    Measured("a partner", OPERATOR, "/ui/operator/partners/par_1"),
    Measured("access groups", OPERATOR, "/ui/operator/access-groups"),
    Measured("an access group", OPERATOR, "/ui/operator/access-groups/grp_1"),
    Measured("audit log", OPERATOR, "/ui/operator/audit"),
    Measured("who has access", OPERATOR, "/ui/operator/access"),
    Measured("who has access, of a partner", OPERATOR, "/ui/operator/access?partner=par_1"),
    Measured("who reaches an API", OPERATOR, "/ui/operator/access?api=api_10"),
)


def cookie(database: Database, person: str) -> dict[str, str]:
    """Return the header with the cookie of a new session."""
    now = datetime.now(UTC)  # noqa: TID251  the sessions are real
    with database.writing() as connection:
        return {"Cookie": f"__Host-session={sessions.begin(connection, now, person, 'link')}"}


@contextmanager
def recorded() -> Iterator[list[tuple[str, Any]]]:
    """Record the statements that are executed."""
    seen: list[tuple[str, Any]] = []

    def record(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", record)


async def measure_pages(url: str, database: Database, times: int) -> None:
    """Print the figures of each page, one request at a time."""
    app = create_app(url, site=SITE)
    transport = httpx2.ASGITransport(app)
    print(f"{'page':44} statements  p50 ms  p95 ms  of the statements alone")
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
        for page in PAGES:
            headers = cookie(database, page.person)
            with recorded() as statements:
                answer = await client.get(page.path, headers=headers)
            if answer.status_code != httpx2.codes.OK:
                print(f"{page.name:44} {answer.status_code}")
                continue
            took = sorted([await timed(client, page.path, headers) for _ in range(times)])
            bare = replay(url, statements, max(5, times // 2))
            p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
            print(f"{page.name:44} {len(statements):10} {p50:7.1f} {p95:7.1f} {p50 / bare:7.1f} x")
    app.state.database.close()


async def timed(client: httpx2.AsyncClient, path: str, headers: dict[str, str]) -> float:
    """Return the milliseconds of one request."""
    started = time.perf_counter()
    await client.get(path, headers=headers)
    return (time.perf_counter() - started) * 1000


def replay(url: str, statements: list[tuple[str, Any]], times: int) -> float:
    """Return the median of the milliseconds of the statements without the portal."""
    took = []
    with psycopg.connect(url) as connection:
        for _ in range(times + 2):
            started = time.perf_counter()
            for statement, parameters in statements:
                cursor = connection.execute(statement, parameters or None)
                if cursor.description:
                    cursor.fetchall()
            took.append((time.perf_counter() - started) * 1000)
            connection.rollback()
    # The first times prepare the statements.
    return statistics.median(took[2:])


@contextmanager
def served(url: str, processes: int) -> Iterator[list[str]]:
    """Serve the portal by several processes, and return their addresses."""
    addresses = []
    with ExitStack() as opened:
        for _ in range(processes):
            command = [sys.executable, "-c", SERVER, url]
            process = opened.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  this file's program
            )
            opened.callback(process.terminate)
            assert process.stdout is not None
            addresses.append(process.stdout.readline().strip())
        yield addresses


async def load(url: str, database: Database, *, browsers: int, seconds: float, processes: int) -> None:
    """Let browsers open pages, each one every two seconds or so, and print the errors and times."""
    with served(url, processes) as addresses:
        people = [OPERATOR, *(f"person{n}@d{(n + 1) // 2}.example" for n in range(1, 20))]
        headers = {person: {**cookie(database, person), "Host": "portal.example"} for person in people}
        took: list[float] = []
        errors: list[str] = []
        end = time.perf_counter() + seconds
        limits = httpx2.Limits(max_connections=browsers * 2, max_keepalive_connections=browsers * 2)

        async def browse(number: int, client: httpx2.AsyncClient) -> None:
            chosen = random.Random(number)  # noqa: S311  not a secret
            await asyncio.sleep(chosen.uniform(0, 2))
            while time.perf_counter() < end:
                page = chosen.choice(PAGES)
                started = time.perf_counter()
                try:
                    answer = await client.get(
                        f"{chosen.choice(addresses)}{page.path}", headers=headers[page.person], timeout=30
                    )
                except httpx2.HTTPError as error:
                    errors.append(repr(error))
                else:
                    if answer.status_code != httpx2.codes.OK:
                        errors.append(f"{answer.status_code} {page.path}")
                    took.append((time.perf_counter() - started) * 1000)
                await asyncio.sleep(chosen.uniform(1, 3))

        async with httpx2.AsyncClient(limits=limits) as client:
            await asyncio.gather(*(browse(number, client) for number in range(browsers)))
    took.sort()
    print(
        f"{browsers} browsers, {processes} processes, {seconds:.0f} s: {len(took)} pages "
        f"({len(took) / seconds:.0f} a second), {len(errors)} errors, "
        f"p50 {took[len(took) // 2]:.0f} ms, p95 {took[int(len(took) * 0.95)]:.0f} ms"
    )
    for error in sorted(set(errors))[:10]:
        print("  ", error)


def main() -> None:
    """Measure, with the numbers of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--load", type=float, default=0, metavar="SECONDS")
    options = parser.parse_args()
    with running("shared_buffers=512MB", "max_connections=200") as url:
        if url is None:
            sys.exit(f"{Path(__file__).name}: no PostgreSQL server is installed here")
        database = fill(url, options.members)
        asyncio.run(measure_pages(url, database, options.times))
        if options.load:
            asyncio.run(load(url, database, browsers=200, seconds=options.load, processes=2))
        database.close()


if __name__ == "__main__":
    main()

"""Measure how fast changes are applied to a served portal, as a share of what bare requests reach there.

Both send the same creations through the same HTTP library, each to a portal of its own, in turns. With
`--library`, the library alone instead: requests a second by how many are under way and how late answers come.
"""

import argparse
import asyncio
import importlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx2

from reconciler.apply import Conduct, apply
from reconciler.cli.journal import FileJournal
from reconciler.model.document import EmbeddedPortal
from reconciler.model.plan import Change, Plan, sealed
from reconciler.model.secret import SecretText
from reconciler.portals import connect
from reconciler.workflow.applying import AT_ONCE

PARTNER: Final = {"type": "reseller", "status": "active", "displayName": "Acme", "owner": "partnerships"}
LATENCIES: Final = (0, 20, 200)
WIDTHS: Final = (1, 8, 16, 32, 64)
WANTED: Final = 0.8


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve a new portal as a process of its own; give its address and an administrator's token."""
    portal = [sys.executable, "-m", "reconciler", "portal"]
    database = ["--database", str(folder / "portal.db")]
    made = subprocess.run([*portal, "token", "--scope", "admin", *database], check=True, capture_output=True)  # noqa: S603  our own command
    with subprocess.Popen(  # noqa: S603  the same
        [*portal, "serve", "--port", "0", *database], stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stderr is not None
            found = re.search(r"http://\S+", running.stderr.readline())
            assert found is not None
            yield found[0], made.stdout.decode().strip()
        finally:
            running.kill()


async def bare(url: str, token: str, number: int) -> float:
    """Return how many creations a second the library alone reaches."""
    async with httpx2.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        left = iter(range(number))

        async def worker() -> None:
            for each in left:
                body = {"name": f"p{each}", **PARTNER, "managedBy": "bench"}
                answer = await client.post("/partners", json=body, headers={"Idempotency-Key": str(uuid4())})
                assert answer.status_code == httpx2.codes.CREATED, answer.text

        started = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        return number / (time.perf_counter() - started)


async def applied(url: str, token: str, number: int, folder: Path) -> float:
    """Return how many creations a second apply reaches, its journal included."""
    settings = EmbeddedPortal.model_validate({"type": "embedded", "url": url, "token": {"env": "TOKEN"}})
    async with connect("bench", settings, token=SecretText(token)) as portal:
        live = await portal.read(lambda *_: None)
        changes = tuple(
            Change(id=f"partner/p{each}", kind="partner", action="create", after=PARTNER)
            for each in range(number)
        )
        plan = sealed(
            Plan(
                reconciler="bench",
                portal="bench",
                portal_id=live.portal_id,
                scope="bench",
                created="2026-11-24T00:00:00Z",
                today="2026-11-24",
                changes=changes,
            )
        )
        journal = FileJournal(folder / "journal.jsonl")
        started = time.perf_counter()
        journal.open(plan, plan.created)
        conduct = Conduct(
            at_once=AT_ONCE, now=lambda: datetime.now(UTC), progress=lambda *_: None, journal=journal
        )
        receipt = await apply(plan, portal, conduct)
        journal.close(keep=False)
        seconds = time.perf_counter() - started
        assert receipt.outcome == "complete", receipt.summary
        return number / seconds


def compare(number: int, times: int) -> None:
    """Print the rates of both, and their ratio."""
    rates: dict[str, list[float]] = {"bare": [], "apply": []}
    for _ in range(times):
        for name, found in rates.items():
            with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (url, token):
                work = (
                    bare(url, token, number) if name == "bare" else applied(url, token, number, Path(folder))
                )
                found.append(asyncio.run(work))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    for name, rate in medians.items():
        print(f"{name:8} {rate:8,.0f} changes a second")
    share = medians["apply"] / medians["bare"]
    print(f"apply reaches {share:.0%} of bare requests (wanted: {WANTED:.0%})")


@asynccontextmanager
async def late(milliseconds: int) -> AsyncIterator[str]:
    """Serve an answer that comes so late, over real HTTP, with nothing behind it."""
    body = json.dumps({"id": "par_1", "etag": '"1"'}).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(milliseconds / 1000)
                writer.write(head + body)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def rate(library: Any, milliseconds: int, width: int) -> float:
    """Return how many requests a second a library reaches with so many under way."""
    number = 2000 if not milliseconds else max(width * 1000 // milliseconds, width * 4)
    async with late(milliseconds) as url:
        limits = library.Limits(max_connections=width, max_keepalive_connections=width)
        async with library.AsyncClient(base_url=url, limits=limits, timeout=60) as client:
            left = iter(range(number))

            async def worker() -> None:
                for _ in left:
                    (await client.get("/x")).json()

            await worker_warm(client, width)
            started = time.perf_counter()
            await asyncio.gather(*(worker() for _ in range(width)))
            return number / (time.perf_counter() - started)


async def worker_warm(client: Any, width: int) -> None:
    """Open the connections first."""
    await asyncio.gather(*(client.get("/x") for _ in range(width)))


def libraries() -> None:
    """Print the table of each library that is installed."""
    for name in ("httpx", "httpx2"):
        try:
            library = importlib.import_module(name)
        except ImportError:
            print(f"{name} is not installed")
            continue
        print(
            f"{name} {library.__version__}, requests a second\nlatency  " + "".join(f"{w:>8}" for w in WIDTHS)
        )
        for milliseconds in LATENCIES:
            found = [asyncio.run(rate(library, milliseconds, width)) for width in WIDTHS]
            print(f"{milliseconds:4} ms  " + "".join(f"{each:8,.0f}" for each in found))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=5000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--library", action="store_true")
    arguments = parser.parse_args()
    if arguments.library:
        libraries()
    else:
        compare(arguments.changes, arguments.times)


if __name__ == "__main__":
    main()

"""Measure how fast changes are applied to a served portal, as a share of what bare requests reach there.

Both send the same creations through the same HTTP library, each to a portal of its own, in turns.
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=5000)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    compare(arguments.changes, arguments.times)


if __name__ == "__main__":
    main()

"""Measure the speed of apply with a served portal, as a share of the speed of bare requests.

Both send the same creations through the same HTTP library to one portal, in short turns, so that other load
on the machine affects both. `--latency` adds network latency.
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
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx2

from bench.far import far
from reconciler.apply import ExecutorOptions, apply
from reconciler.cli import clock
from reconciler.cli.storage.journal import FileJournal
from reconciler.model.document import EmbeddedPortal
from reconciler.model.plan import Change, Plan, with_digests
from reconciler.model.secret import SecretText
from reconciler.portals import Credential, Credentials, portal_type
from reconciler.workflow.apply import AT_ONCE

PARTNER: Final = {"type": "reseller", "status": "active", "displayName": "Acme", "owner": "partnerships"}
TARGET: Final = 0.8


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve a new portal in a separate process; yield its address and an administrator's token."""
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


async def bare(url: str, token: str, names: list[str], _folder: Path) -> float:
    """Return the creations per second of the library alone."""
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx2.AsyncClient(base_url=url, headers=headers, limits=limits, trust_env=False) as client:
        left = iter(names)

        async def worker() -> None:
            for name in left:
                body = {"name": name, **PARTNER, "managedBy": "bench"}
                answer = await client.post("/partners", json=body, headers={"Idempotency-Key": str(uuid4())})
                assert answer.status_code == httpx2.codes.CREATED, answer.text

        started = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        return len(names) / (time.perf_counter() - started)


def plan_of(names: list[str]) -> Plan:
    """Return a plan that creates these partners."""
    return with_digests(
        Plan(
            reconciler="bench",
            portal="bench",
            portal_id="bench",
            scope="bench",
            created="2026-11-24T00:00:00Z",
            today="2026-11-24",
            changes=tuple(
                Change(id=f"partner/{name}", kind="partner", action="create", after=PARTNER) for name in names
            ),
        )
    )


async def applied(url: str, token: str, names: list[str], folder: Path) -> float:
    """Return the creations per second of apply, including its journal."""
    settings = EmbeddedPortal.model_validate({"type": "embedded", "url": url, "token": {"env": "TOKEN"}})
    plan = plan_of(names)
    credentials = Credentials("bench", {"token": Credential("TOKEN", SecretText(token))})
    async with portal_type("embedded").open(settings, credentials) as portal:
        journal = FileJournal(folder / f"{names[0]}.jsonl")
        started = time.perf_counter()
        journal.open(plan, plan.created)
        conduct = ExecutorOptions(at_once=AT_ONCE, now=clock.now, progress=lambda *_: None, journal=journal)
        receipt = await apply(plan, portal, conduct)
        journal.close(keep=False)
        seconds = time.perf_counter() - started
        assert receipt.outcome == "complete", receipt.summary
        return len(names) / seconds


async def compare(number: int, times: int, milliseconds: float) -> dict[str, list[float]]:
    """Return the rates of both, which take turns with one portal at this latency."""
    rates: dict[str, list[float]] = {"bare": [], "apply": []}
    work = {"bare": bare, "apply": applied}
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as (url, token):
        async with far(url, milliseconds) if milliseconds else nullcontext(url) as address:
            for turn in range(2 * times):
                # Alternate which one is first, because the portal gets fuller.
                kind = ("bare", "apply", "apply", "bare")[turn % 4]
                names = [f"p{turn}-{each}" for each in range(number)]
                rates[kind].append(await work[kind](address, token, names, Path(name)))
    return rates


def show(rates: dict[str, list[float]]) -> None:
    """Print the rates of both, and the ratio of each pair."""
    for name, found in rates.items():
        print(f"{name:8} {statistics.median(found):8,.0f} changes per second, at best {max(found):,.0f}")
    shares = [apply_rate / bare for apply_rate, bare in zip(rates["apply"], rates["bare"], strict=True)]
    at_best = max(rates["apply"]) / max(rates["bare"])
    print(
        f"apply reaches {statistics.median(shares):.0%} of bare requests (target: {TARGET:.0%}), "
        f"{at_best:.0%} of the best runs"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--times", type=int, default=25)
    parser.add_argument("--latency", type=float, default=0, metavar="MILLISECONDS")
    arguments = parser.parse_args()
    show(asyncio.run(compare(arguments.changes, arguments.times, arguments.latency)))


if __name__ == "__main__":
    main()

"""Measure the speed of apply.

Without options: as a share of the speed of bare requests to a served portal. Both send the same creations
through the same HTTP library to one portal, in short turns, so that other load on the machine affects both.
`--latency` adds network latency.

`--limit` measures which share of a rate limit apply uses, from its first request on, and how many requests
are refused. `--burst` replaces the announced limit by a token bucket that only refuses.

`--in-process` measures the changes per second with a portal in the same process, also per second of CPU time.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

import httpx2

from bench.far import far
from bench.limited import TOKEN, limited
from reconciler.apply import ExecutorOptions, apply
from reconciler.cli import clock
from reconciler.cli.storage.journal import FileJournal
from reconciler.http.asgi_types import Application
from reconciler.http.limiter import MAX_WIDTH_REMOTE
from reconciler.model.document import EmbeddedPortal
from reconciler.model.plan import Change, Plan, with_digests
from reconciler.model.secret import SecretText
from reconciler.portals import Credential, Credentials, portal_type
from reconciler.workflow.apply import AT_ONCE

PARTNER: Final = {"type": "reseller", "status": "active", "displayName": "Acme", "owner": "partnerships"}
TARGET: Final = 0.9
LIMIT_TARGET: Final = 0.95
PER_SECOND_TARGET: Final = 500
_CONNECTIONS: Final = int(MAX_WIDTH_REMOTE)


class Applied(NamedTuple):
    """How long an apply took, its CPU time in this process, and how many requests were refused."""

    changes: int
    seconds: float
    cpu: float
    refused: int


@contextmanager
def served(folder: Path, rate: int = 0, burst: int | None = None) -> Iterator[str]:
    """Serve a new portal in a separate process; yield its address."""
    command = [sys.executable, "-m", "bench.limited", str(folder), str(rate)]
    command += [] if burst is None else [str(burst)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603  our own command
        try:
            assert running.stdout is not None
            yield running.stdout.readline().strip()
        finally:
            running.kill()


async def bare(url: str, names: list[str]) -> float:
    """Return the creations per second of the library alone."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    limits = httpx2.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    async with httpx2.AsyncClient(base_url=url, headers=headers, limits=limits, trust_env=False) as client:
        left = iter(names)

        async def worker() -> None:
            for name in left:
                body = {"name": name, **PARTNER, "managedBy": "bench"}
                answer = await client.post("/partners", json=body, headers={"Idempotency-Key": str(uuid4())})
                assert answer.status_code == httpx2.codes.CREATED, answer.text

        started = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(_CONNECTIONS)))
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


async def applied(where: str | Application, names: list[str], folder: Path) -> Applied:
    """Apply the creations with a journal, at a URL or with an application in this process."""
    url, application = (where, None) if isinstance(where, str) else (None, where)
    settings = EmbeddedPortal.model_validate(
        {"type": "embedded", "url": url, "token": {"env": "TOKEN"}}
        if url
        else {"type": "embedded", "database": "portal.db"}
    )
    plan = plan_of(names)
    credentials = Credentials("bench", {"token": Credential("TOKEN", SecretText(TOKEN))}, application)
    async with portal_type("embedded").open(settings, credentials) as portal:
        journal = FileJournal(folder / f"{names[0]}.jsonl")
        started, cpu = time.perf_counter(), time.process_time()
        journal.open(plan, plan.created)
        conduct = ExecutorOptions(at_once=AT_ONCE, now=clock.now, progress=lambda *_: None, journal=journal)
        receipt = await apply(plan, portal, conduct)
        journal.close(keep=False)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        assert receipt.outcome == "complete", receipt.summary
        return Applied(len(names), seconds, cpu, portal.traffic.retries)


async def compare(number: int, times: int, milliseconds: float) -> dict[str, list[float]]:
    """Return the rates of both, which take turns with one portal at this latency."""
    rates: dict[str, list[float]] = {"bare": [], "apply": []}
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as url:
        async with far(url, milliseconds) if milliseconds else nullcontext(url) as address:
            for turn in range(2 * times):
                names = [f"p{turn}-{each}" for each in range(number)]
                # Alternate which one is first, because the portal gets fuller.
                if turn % 4 in {0, 3}:
                    rates["bare"].append(await bare(address, names))
                else:
                    found = await applied(address, names, Path(name))
                    rates["apply"].append(found.changes / found.seconds)
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


def within_limit(rate: int, burst: int | None, number: int) -> None:
    """Apply so many changes within a rate limit, and print how much of it was used."""
    with tempfile.TemporaryDirectory() as name, served(Path(name), rate, burst) as url:
        found = asyncio.run(applied(url, [f"p{each}" for each in range(number)], Path(name)))
    # The first second or the burst is allowed at once.
    allowed = (rate if burst is None else burst) + rate * found.seconds
    print(
        f"{rate} a second{'' if burst is None else f', {burst} at once'}: {found.changes:,} changes in "
        f"{found.seconds:.1f} s, {found.changes / allowed:.1%} of what is allowed "
        f"(target: {LIMIT_TARGET:.0%}), {found.refused:,} requests refused"
    )


def in_process(number: int, times: int) -> None:
    """Apply changes with a portal in this process, and print how many a second."""
    rates, cpu_rates = list[float](), list[float]()
    for _ in range(times):
        with tempfile.TemporaryDirectory() as name:
            app = limited(Path(name), 0, None)
            found = asyncio.run(applied(app, [f"p{each}" for each in range(number)], Path(name)))
            app.state.database.close()
            rates.append(found.changes / found.seconds)
            cpu_rates.append(found.changes / found.cpu)
    print(
        f"{statistics.median(rates):,.0f} changes per second (target: {PER_SECOND_TARGET}), "
        f"{statistics.median(cpu_rates):,.0f} per second of CPU time"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int)
    parser.add_argument("--times", type=int, default=25)
    parser.add_argument("--latency", type=float, default=0, metavar="MILLISECONDS")
    parser.add_argument("--limit", type=int, metavar="REQUESTS_PER_SECOND")
    parser.add_argument("--burst", type=int, metavar="REQUESTS")
    parser.add_argument("--in-process", action="store_true")
    arguments = parser.parse_args()
    if arguments.limit:
        within_limit(arguments.limit, arguments.burst, arguments.changes or 40 * arguments.limit)
    elif arguments.in_process:
        in_process(arguments.changes or 2000, arguments.times)
    else:
        show(asyncio.run(compare(arguments.changes or 500, arguments.times, arguments.latency)))


if __name__ == "__main__":
    main()

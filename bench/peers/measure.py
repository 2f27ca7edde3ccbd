"""Let each tool create the same objects, and then plan without changes."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench.peers.results import Cost, Measured, Measurement
from bench.peers.tool import Served, Tool, environment
from bench.process import MEGABYTE, run

CHECKOUT: Final = Path(__file__).parents[2]
# A tool that takes longer than this, in seconds, is measured once.
LONG: Final = 60
# Of an apply from nothing and of a plan without changes; None if it was not done within the limit.
Costs = tuple[Cost | None, Cost | None]
TICKS: Final = os.sysconf("SC_CLK_TCK")


def compare(
    tools: Sequence[Tool], sizes: Sequence[int], times: int, measured: Callable[[Tool, int], Costs]
) -> tuple[Measured, ...]:
    """Return the measurements of all tools, which take turns at each number of objects."""
    found: dict[str, list[Measurement]] = {tool.name: [] for tool in tools}
    for size in sizes:
        rounds: dict[str, list[Costs]] = {tool.name: [] for tool in tools}
        for _ in range(times):
            for tool in tools:
                if all(each.plan for each in found[tool.name]) and all(map(_short, rounds[tool.name])):
                    rounds[tool.name].append(measured(tool, size))
        for name, costs in rounds.items():
            apply, plan = (_median([each[command] for each in costs]) for command in (0, 1))
            found[name].append(Measurement(size, len(costs), apply, plan))
    return tuple(Measured(tool.name, tool.version, tuple(found[tool.name])) for tool in tools)


def _short(costs: Costs) -> bool:
    apply, plan = costs
    return apply is not None and plan is not None and apply.seconds + plan.seconds < LONG


def _median(costs: Sequence[Cost | None]) -> Cost | None:
    done = [cost for cost in costs if cost]
    if not done:
        return None
    return Cost(
        statistics.median(cost.seconds for cost in done),
        statistics.median(cost.cpu for cost in done),
        statistics.median(cost.megabytes for cost in done),
    )


def measure(tool: Tool, size: int, limit: int) -> Costs:
    """Let a tool create this number of objects, and then plan; return the costs of both."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-m", "bench.peers.prepare", tool.name, str(size), name]
        subprocess.run(command, cwd=CHECKOUT, check=True)  # noqa: S603  our own command
        try:
            apply, output = cost(tool, tool.apply, folder, limit)
        except TimeoutError:
            return None, None
        assert tool.created(output) == size, output[-2000:]
        try:
            plan, output = cost(tool, tool.plan, folder, limit)
        except TimeoutError:
            return apply, None
        assert tool.unchanged(output), output[-2000:]
        return apply, plan


def cost(tool: Tool, command: Sequence[str], folder: Path, limit: int) -> tuple[Cost, str]:
    """Return the cost of a command and of its portal, and the output. Raise TimeoutError after the limit."""
    with tool.serve(folder) as served:
        variables = environment(folder) | served.environment
        started, _ = _used(served)
        made = run(command, folder, environment=variables, stderr=subprocess.STDOUT, limit=limit)
        ended, megabytes = _used(served)
    # A command starts with the memory of this process.
    assert made.megabytes > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    return Cost(made.wall, made.cpu + ended - started, made.megabytes + megabytes), made.output


def _used(served: Served) -> tuple[float, float]:
    """Return the CPU seconds and the peak memory of a portal until now, in megabytes."""
    if served.process is None:
        return 0.0, 0.0
    process = Path("/proc", str(served.process))
    user, system = process.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]
    status = dict(line.split(":", 1) for line in process.joinpath("status").read_text().splitlines())
    return (int(user) + int(system)) / TICKS, int(status["VmHWM"].split()[0]) / MEGABYTE

"""Write results as a Markdown table."""

from collections.abc import Iterator
from typing import Final

from bench.peers.results import Cost, Measurement, Results

NOT_TRIED: Final = "not tried"


def table(results: Results) -> str:
    """Return a table with a row for each tool at each number of objects."""
    return "".join(f"{line}\n" for line in _lines(results))


def _lines(results: Results) -> Iterator[str]:
    yield "| objects | tool | plan without changes | CPU | apply from nothing | CPU | peak memory |"
    yield "|---:|---|---:|---:|---:|---:|---:|"
    for number, first in enumerate(results.tools[0].measurements):
        for tool in results.tools:
            found = tool.measurements[number]
            plan = (plan_time(found, results.limit), _cpu(found.plan))
            apply = (apply_time(found, results.limit), _cpu(found.apply))
            yield f"| {' | '.join((f'{first.size:,}', tool.tool, *plan, *apply, memory(found)))} |"


def apply_time(found: Measurement, limit: int) -> str:
    """Return the elapsed time of an apply from nothing, or why there is none."""
    if found.rounds:
        return _time(found.apply, limit)
    return NOT_TRIED


def plan_time(found: Measurement, limit: int) -> str:
    """Return the elapsed time of a plan without changes, or why there is none."""
    if found.apply:
        return _time(found.plan, limit)
    return NOT_TRIED


def _time(cost: Cost | None, limit: int) -> str:
    return f"{cost.seconds:.1f} s" if cost else f"over {limit} s of CPU"


def _cpu(cost: Cost | None) -> str:
    return f"{cost.cpu:.1f} s" if cost else ""


def peak(found: Measurement) -> float | None:
    """Return the peak memory of both commands in megabytes, or None if neither was done."""
    return max((cost.megabytes for cost in (found.plan, found.apply) if cost), default=None)


def memory(found: Measurement) -> str:
    """Return the peak memory of both commands as text."""
    megabytes = peak(found)
    return "not known" if megabytes is None else f"{megabytes:,.0f} MB"

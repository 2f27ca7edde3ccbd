"""Fit how CPU time and memory of `validate` and `plan` grow with the number of memberships.

Costs are proportional to the size to the power of an exponent: 1 is linear growth, 2 is quadratic. The
exponent is a least-squares fit over all sizes, on logarithmic scales, without the cost of a repository that
has one partner. It runs for about two minutes of CPU time.
"""

import argparse
import math
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from bench import generate
from bench.process import run
from bench.run import RECONCILER, TODAY, seeded

MEMBERSHIPS: Final = (10_000, 100_000, 1_000_000)
# Large teams: the paths of more partners than these would exceed the limit of paths.
STAFF: Final = 16
MEMBERSHIPS_OF_PARTNER: Final = 24.6
LIMIT: Final = 1.05
COMMANDS: Final = ("validate", "plan")
COSTS: Final = tuple(f"{command}, {unit}" for command in COMMANDS for unit in ("s", "MB"))


class Size(NamedTuple):
    """A number of memberships, and the costs at this size in the order of COSTS."""

    memberships: int
    costs: tuple[float, ...]


def measured(partners: int, times: int = 1) -> Size:
    """Generate a repository and a portal with the same objects, and measure the least cost of a command."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate.generate(folder, partners, STAFF)
        seeded(folder)
        with closing(sqlite3.connect(folder / "portal.db")) as database:
            [memberships] = database.execute("SELECT count(*) FROM members").fetchone()
        costs = [cost for each in COMMANDS for cost in _least(each, folder, times)]
        return Size(memberships, tuple(costs))


def _least(command: str, folder: Path, times: int) -> tuple[float, float]:
    runs = [run([RECONCILER, command, "--today", TODAY], folder) for _ in range(times)]
    assert command != "plan" or "No changes." in runs[0].output, runs[0].output[:2000]
    return min(each.cpu for each in runs), min(each.megabytes for each in runs)


def exponents(smallest: Size, sizes: Sequence[Size]) -> list[float]:
    """Return the exponent of each cost; the costs at the smallest size are subtracted from all others."""
    scale = [math.log(each.memberships) for each in sizes]
    beyond = [
        [math.log(cost - base) for cost, base in zip(each.costs, smallest.costs, strict=True)]
        for each in sizes
    ]
    return [statistics.linear_regression(scale, costs).slope for costs in zip(*beyond, strict=True)]


def main() -> None:
    """Print a row for each size, and the exponents; end with 1 if one exceeds the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memberships", type=int, nargs="+", default=MEMBERSHIPS)
    arguments = parser.parse_args()
    print(f"{'memberships':<24}{''.join(f'{title:>14}' for title in COSTS)}")
    smallest = measured(1, times=3)
    sizes = []
    for number in (None, *arguments.memberships):
        size = smallest if number is None else measured(round(number / MEMBERSHIPS_OF_PARTNER))
        sizes += [] if number is None else [size]
        print(f"{size.memberships:<24,}{''.join(f'{cost:14,.1f}' for cost in size.costs)}", flush=True)
    found = exponents(smallest, sizes)
    print(f"{f'exponent, at most {LIMIT}':<24}{''.join(f'{each:14.2f}' for each in found)}")
    sys.exit(max(found) > LIMIT)


if __name__ == "__main__":
    main()

"""Compare the speed and memory of Reconciler with those of OpenTofu and octoDNS: `python -m bench.peers`.

Each tool creates the same number of objects from nothing, and then plans without changes. The tools are
prepared first, in ~/.cache/reconciler; measuring needs no network. It needs Linux.
"""

import argparse
import os
import platform
import subprocess
from typing import Final

from bench.peers.measure import CHECKOUT, Costs, compare, measure
from bench.peers.results import KEPT, Machine, Results, write
from bench.peers.table import table
from bench.peers.tool import Tool
from bench.peers.tools import TOOLS

SIZES: Final = (1_000, 4_000, 16_000)


def main() -> None:
    """Prepare, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of objects")
    parser.add_argument(
        "--times", type=int, default=3, help="how often a tool is measured; once if it takes a minute"
    )
    parser.add_argument("--limit", type=int, default=240, help="CPU seconds that a command may take")
    parser.add_argument("--keep", action="store_true", help=f"keep the results in {KEPT.name}")
    arguments = parser.parse_args()
    for name in ("opentofu", "octodns"):
        subprocess.run([CHECKOUT / ".ci" / name], check=False)  # noqa: S603  our own command
    tools = [tool for tool in TOOLS if tool.program.exists()]
    for tool in TOOLS:
        if tool not in tools:
            print(f"{tool.name} is left out: it could not be prepared.")

    def measured(tool: Tool, size: int) -> Costs:
        print(f"{size:,} objects, {tool.name}", flush=True)
        return measure(tool, size, arguments.limit)

    found = compare(tools, arguments.sizes, arguments.times, measured)
    results = Results(machine(), arguments.limit, found)
    print(f"\n{table(results)}", end="")
    if arguments.keep:
        write(results)


def machine() -> Machine:
    """Return what is known of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    system = f"{platform.system()} {platform.machine()}"
    return Machine(system, os.cpu_count() or 1, round(memory / 1e9), platform.python_version())


if __name__ == "__main__":
    main()

"""Measure a large repository, and print ratios to what libyaml alone needs for the same files.

Each number is the median of several processes, in CPU time; for start-up also in elapsed time.
Seconds depend on the machine. The ratios, which are compared with limits, hardly do.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench import generate
from bench.process import Run, run

HERE: Final = Path(__file__).parent
PYTHON: Final = sys.executable
RECONCILER: Final = str(Path(sys.executable).with_name("reconciler"))
TODAY: Final = "2026-11-24"
AUTHOR: Final = ("-c", "user.name=bench", "-c", "user.email=bench@our-company.example")


def repeat(times: int, command: Sequence[str], folder: Path) -> list[Run]:
    """Run a command several times."""
    return [run(command, folder) for _ in range(times)]


def seeded(folder: Path) -> int:
    """Fill the embedded portal of a repository with what its files define; return the number of objects."""
    command = [PYTHON, "-m", "bench.seed", str(folder), "--today", TODAY]
    return int(run(command, HERE.parent).output)


def main() -> None:
    """Generate, seed, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partners", type=int, default=generate.PARTNERS)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        big, small = Path(temporary, "big"), Path(temporary, "small")
        generate.generate(big, arguments.partners)
        generate.generate_small(small)
        objects = seeded(big)
        files = list(big.rglob("*.yaml"))
        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"{len(files):,} files, {size:.1f} MB; the portal holds {objects:,} objects\n")
        measure(big, arguments.times)
        measure_start_up(small, arguments.times)


def measure(big: Path, times: int) -> None:
    """Print a line for each step."""
    print(f"{'':34}{'CPU s':>8}{'x events':>10}{'limit':>8}{'MB':>7}{'limit':>7}")
    events = _inside("events", big, times)
    _row("libyaml events only", events, events)
    _row("load, schemas and models", _inside("load", big, times), events, "1.2")
    validate = repeat(times, [RECONCILER, "validate", "--today", TODAY], big)
    _row("reconciler validate", _cpu(validate), events, "1.9", _memory(validate), "160")
    plan = repeat(times, [RECONCILER, "plan", "--today", TODAY], big)
    assert all("No changes." in one.output for one in plan), plan[0].output[:2000]
    _row("reconciler plan, nothing to change", _cpu(plan), events, "3.0", _memory(plan), "290")
    for arguments in (
        ["init", "--quiet"],
        ["add", ".", ":!portal.db*"],
        [*AUTHOR, "commit", "--quiet", "--message", "All"],
    ):
        run(["git", *arguments], big)
    branch = repeat(times, [RECONCILER, "plan", "--base", "HEAD", "--today", TODAY], big)
    assert all("No changes." in one.output for one in branch), branch[0].output[:2000]
    _row("reconciler plan --base HEAD", _cpu(branch), events, "2.6", _memory(branch), "180")


def measure_start_up(small: Path, times: int) -> None:
    """Print a line for each command in a repository with one partner; limits are of elapsed time."""
    print(f"\n{'':34}{'CPU s':>8}{'wall s':>10}{'limit':>8}")
    for title, arguments, limit in (
        ("reconciler --help", ["--help"], "0.06"),
        ("reconciler validate, one partner", ["validate", "--today", TODAY], "0.20"),
        ("reconciler plan, one partner", ["plan", "--today", TODAY], ""),
    ):
        runs = repeat(times * 5, [RECONCILER, *arguments], small)
        wall = statistics.median(one.wall for one in runs)
        print(f"{title:34}{_cpu(runs):8.3f}{wall:10.3f}{limit:>8}")


def _inside(step: str, folder: Path, times: int) -> float:
    runs = repeat(times, [PYTHON, str(HERE / "measure.py"), step, str(folder)], folder)
    return statistics.median(float(one.output) for one in runs)


def _cpu(runs: Sequence[Run]) -> float:
    return statistics.median(one.cpu for one in runs)


def _memory(runs: Sequence[Run]) -> float:
    return statistics.median(one.megabytes for one in runs)


def _row(title: str, cpu: float, events: float, limit: str = "", *memory: float | str) -> None:
    megabytes = f"{memory[0]:7.0f}" if memory else ""
    print(f"{title:34}{cpu:8.2f}{cpu / events:10.2f}{limit:>8}{megabytes}{''.join(map(str, memory[1:])):>7}")


if __name__ == "__main__":
    main()

"""The figures of one run of the benchmark, as they are kept in `results.json`."""

from pathlib import Path
from typing import Final

import msgspec

KEPT: Final = Path(__file__).with_name("results.json")


class Cost(msgspec.Struct, frozen=True):
    """What a command cost, with its portal: elapsed seconds, CPU seconds, and peak memory in megabytes."""

    seconds: float
    cpu: float
    megabytes: float


class Measurement(msgspec.Struct, frozen=True):
    """The costs at one number of objects. A command without a cost needs more CPU time than the limit.

    Without an apply there is nothing to plan. `rounds` is 0 if fewer objects were too many already.
    """

    size: int
    rounds: int
    apply: Cost | None
    plan: Cost | None


class Measured(msgspec.Struct, frozen=True):
    """A tool, and its measurements in order of size."""

    tool: str
    version: str
    measurements: tuple[Measurement, ...]


class Machine(msgspec.Struct, frozen=True):
    """Where it was measured."""

    system: str
    cores: int
    gigabytes: int
    python: str


class Results(msgspec.Struct, frozen=True):
    """One run: all tools with the same objects on one machine, and the limit of a command in CPU seconds."""

    machine: Machine
    limit: int
    tools: tuple[Measured, ...]


def read(file: Path = KEPT) -> Results:
    """Return the results of a file."""
    return msgspec.json.decode(file.read_bytes(), type=Results)


def write(results: Results, file: Path = KEPT) -> None:
    """Write results to a file."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")

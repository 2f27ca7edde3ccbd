"""What the benchmark knows about a tool: how to prepare a folder for it, and what to run and to expect."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

# Where `.ci/` prepares programs.
CACHE: Final = Path(os.environ.get("RECONCILER_TEST_CACHE") or Path.home() / ".cache" / "reconciler")


def environment(folder: Path) -> dict[str, str]:
    """Return the variables of a command: without the settings of the user who measures."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder)}


class Served(NamedTuple):
    """A portal in a process of its own, and the variables with which a command finds it."""

    process: int | None
    environment: dict[str, str]


@contextmanager
def nothing_served(_folder: Path) -> Iterator[Served]:
    """Yield no portal, for tools that store the objects themselves."""
    yield Served(None, {})


class Tool(NamedTuple):
    """A tool: its commands run in a prepared folder, beside a portal if it needs one.

    `program` is missing if the tool could not be installed. `created` returns how many objects an apply
    created, and `unchanged` whether a plan has no changes; both read the output of the command.
    """

    name: str
    version: str
    program: Path
    prepare: Callable[[Path, int], None]
    apply: Sequence[str]
    plan: Sequence[str]
    created: Callable[[str], int]
    unchanged: Callable[[str], bool]
    serve: Callable[[Path], AbstractContextManager[Served]] = nothing_served

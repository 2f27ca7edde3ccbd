"""Measure `reconciler people pull` without the network: what it adds to reading the files.

The directory is in memory. Prints CPU times as shares of the time that reading the files with `people.lock`
takes, and the largest memory of the process as a multiple of the size of `people.lock`.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeVar

from reconciler.cli.runtime import run_async
from reconciler.edit import people_text
from reconciler.load import load, load_configuration
from reconciler.model.directory import Directory, DirectoryPerson, Evidence, GroupAnswer
from reconciler.model.directory_settings import DirectorySource
from reconciler.model.document import Repository
from reconciler.model.portal import Progress
from reconciler.schema import schemas
from reconciler.workflow.people_pull import Pulled, PullOptions, pull

PEOPLE_IN_TEAM: Final = 50
_CONFIGURATION: Final = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {name: bench}
spec:
  paths: {partners: [Partner]}
  owners: {partnerships: {email: p@our-company.example}}
  sources:
    directory:
      type: scim
      url: https://id.example.com/v2
      token: {env: RECONCILER_TOKEN}
      limits: {source: {percent: 100, count: 100000, floor: 0}}
"""
_PARTNER: Final = """\
apiVersion: reconciler/v1
kind: Partner
metadata: {{name: p{number}}}
spec:
  type: reseller
  displayName: Partner
  owner: partnerships
  teams:
    - {{name: ops, admins: [ana@p.example], members: {{from: directory, group: g{number}}}}}
"""
Result = TypeVar("Result")


class Groups:
    """A directory with as many groups; one person of every second group was replaced `changed` times."""

    def __init__(self, groups: int) -> None:
        self.groups = groups
        self.changed = 0

    async def read(self, groups: Sequence[str], _progress: Progress) -> Mapping[str, GroupAnswer]:
        """Return the people of all groups."""
        return {group: GroupAnswer("complete", tuple(self._people(group))) for group in groups}

    async def confirm(self, _group: str, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Return that they left."""
        return dict.fromkeys(ids, "left")

    def _people(self, group: str) -> list[DirectoryPerson]:
        number = int(group[1:])
        first = number * PEOPLE_IN_TEAM
        return [
            DirectoryPerson(f"{each:08}-9a40-4c1e-8d2b-7f1c5e0b2a31", f"person{each}@partner{number}.example")
            for place in range(PEOPLE_IN_TEAM)
            for each in (first + place + (10**7 * self.changed if place == 0 and number % 2 else 0),)
        ]


def timed(act: Callable[[], Result]) -> tuple[Result, float]:
    """Return what this returns, and the CPU seconds that it takes."""
    started = time.process_time()
    result = act()
    return result, time.process_time() - started


def read(root: Path) -> Repository:
    """Read the files."""
    known = schemas()
    document, _ = load_configuration(root / "reconciler.yaml", known)
    assert document is not None
    repository, findings = load(document, root, known)
    assert findings == []
    return repository


def pulled(repository: Repository, directory: Directory) -> Pulled:
    """Pull everybody from a directory."""

    @asynccontextmanager
    async def opened(_name: str, _settings: DirectorySource) -> AsyncIterator[Directory]:
        yield directory

    return run_async(pull(repository, opened, PullOptions(), lambda *_: None))


def main() -> None:
    """Print a row for the first pull, for one without changes, and for one where one of a hundred left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    people = parser.parse_args().people
    directory = Groups(people // PEOPLE_IN_TEAM)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "reconciler.yaml").write_text(_CONFIGURATION)
        (root / "partners").mkdir()
        for number in range(directory.groups):
            (root / "partners" / f"p{number}.yaml").write_text(_PARTNER.format(number=number))
        empty = read(root)
        first, first_seconds = timed(lambda: pulled(empty, directory))
        text, text_seconds = timed(lambda: people_text(first.lists))
        (root / "people.lock").write_text(text)
        held, read_seconds = timed(lambda: read(root))
        same, same_seconds = timed(lambda: pulled(held, directory))
        directory.changed = 1
        changed, changed_seconds = timed(lambda: pulled(held, directory))
    assert first.report.summary.added == people
    assert not same.report.changed
    assert changed.report.summary.removed == directory.groups // 2
    print(f"{people:,} people in {directory.groups:,} teams, people.lock has {len(text) / 1e6:.1f} MB")
    print(f"read the files   {read_seconds:5.1f} s, all others as shares of it:")
    for what, seconds in (
        ("first pull", first_seconds),
        ("write the file", text_seconds),
        ("nothing changed", same_seconds),
        ("1 of 100 left", changed_seconds),
    ):
        print(f"{what:16} {seconds / read_seconds:5.0%}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"largest memory   {peak / len(text):5.1f} times people.lock")


if __name__ == "__main__":
    main()

"""Chaos tests of pulls: people and groups change by chance, and the directory has faults by chance.

`python -m tests.sources.chaos --seeds 5000` runs many seeds and stops at the first failure. The law:
- Nobody who is truly in a group loses the row, and nobody is added under a second address or id.
- No more people leave at once than the limits allow.
- Once the directory is healthy again, everything true arrives.
"""

import argparse
import asyncio
import sys
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any, Final

from reconciler.edit import people_text
from reconciler.load.yaml_events import Raw
from reconciler.model.counting import counted
from reconciler.model.directory import Directory
from reconciler.model.directory_settings import DirectorySource
from reconciler.model.document import Document, Repository
from reconciler.model.people import People, TeamPeople
from reconciler.model.people_pull import Lists, TeamRole
from reconciler.model.source_map import Positions
from reconciler.testing.trace import Trace
from reconciler.workflow.people_pull import Pulled, PullOptions, pull
from tests.builders import configuration, partner, repository, team
from tests.sources.faulty import SPOILED, WHOLE, spoiled_memory
from tests.sources.keycloak_chaos import open_keycloak
from tests.sources.pulling import SCIM, from_group
from tests.sources.scim_chaos import open_scim
from tests.sources.truth import GROUPS, Truth

Open = Callable[[Truth, str, Random], Any]
FAULTS: Final = ("none", *SPOILED, *WHOLE)
OVER_HTTP: Final[dict[str, Open]] = {"scim": open_scim, "keycloak": open_keycloak}
_ROUNDS: Final = 3
_OPS: Final = {**team("ops", members=from_group(GROUPS[0])), "admins": from_group(GROUPS[1])}
_FILES: Final = (
    partner("acme", _OPS, team("web", members=from_group(GROUPS[0]))),
    partner("bolt", team("ops", members=from_group(GROUPS[2]))),
    partner("corp", team("ops", members=from_group(GROUPS[3]))),
)
_PLACES: Final = {
    TeamRole("acme/ops", "admins"): GROUPS[1],
    TeamRole("acme/ops", "members"): GROUPS[0],
    TeamRole("acme/web", "members"): GROUPS[0],
    TeamRole("bolt/ops", "members"): GROUPS[2],
    TeamRole("corp/ops", "members"): GROUPS[3],
}
_CONFIGURATION: Final = configuration(sources={"directory": SCIM})


@asynccontextmanager
async def open_memory(truth: Truth, fault: str, random: Random) -> AsyncIterator[Directory]:
    """Open a directory in memory."""
    yield spoiled_memory(truth, fault, random)


def run(seeds: Iterable[int], kinds: tuple[str, ...] = ("memory",)) -> Iterator[Trace]:
    """Run seeds one after another, each with the next kind of directory, and yield their traces."""
    opens = {"memory": open_memory, **OVER_HTTP}
    for seed in seeds:
        trace = Trace(seed)
        kind = kinds[seed % len(kinds)]
        trace.log(kind)
        asyncio.run(_Chaos(Random(seed), trace, opens[kind]).run())  # noqa: S311  chance, not secrecy
        yield trace


class _Chaos:
    def __init__(self, random: Random, trace: Trace, opened: Open) -> None:
        self._random, self._trace, self._opened = random, trace, opened
        self._truth = Truth(random)
        self._other = Truth(random, "other")
        self._lists: Lists = {}

    async def run(self) -> None:
        """Pull from a healthy directory, then let it fail, and let it be healthy again."""
        await self._healthy()
        for _ in range(_ROUNDS):
            self._truth.change()
            await self._faulty(self._random.choice(FAULTS))
            if self._random.random() < 0.5:
                await self._healthy()
        await self._healthy()

    async def _faulty(self, fault: str) -> None:
        self._trace.faults[fault] += 1
        options = PullOptions(only_removals=self._random.random() < 0.2)
        self._trace.log(f"{fault}, {options}, {self._truth.changed[-4:]}")
        found = await self._pull(self._other if fault == "another tenant" else self._truth, fault, options)
        self._check_losses(found)
        self._check_limits(found)
        self._check_identities(found)
        self._lists = found.lists

    async def _healthy(self) -> None:
        """Pull without a fault; if many people left meanwhile, allow that."""
        found = await self._pull(self._truth, "none", PullOptions())
        self._check_losses(found)
        self._check_limits(found)
        allowed = frozenset(each.digest for each in found.report.sources if each.digest)
        if allowed:
            self._trace.faults["allowed"] += 1
            found = await self._pull(self._truth, "none", PullOptions(allowed=allowed))
        self._check_identities(found)
        self._lists = found.lists
        for place, group in _PLACES.items():
            held = {each.id: each.email for each in self._lists.get(place, ())}
            if held != self._truth.present(group):
                self._trace.fail(f"{place} is {held}, but {self._truth.present(group)} is true")

    async def _pull(self, truth: Truth, fault: str, options: PullOptions) -> Pulled:
        @asynccontextmanager
        async def opened(_name: str, _settings: DirectorySource) -> AsyncIterator[Directory]:
            async with self._opened(truth, fault, self._random) as directory:
                yield directory

        found = await pull(_files(self._lists), opened, options, lambda *_: None)
        self._trace.log(f"{found.report.summary}, not believed: {len(found.report.unbelieved)}")
        if found.report.changed == (people_text(found.lists) == people_text(self._lists)):
            self._trace.fail("the report and the file disagree about a change")
        return found

    def _check_losses(self, found: Pulled) -> None:
        """Nobody who is truly in a group loses the row, or the team if the person has another role now."""
        for place, group in _PLACES.items():
            before = {each.id for each in self._lists.get(place, ())}
            after = {each.id for each in found.lists.get(place, ())}
            lost = (before - after).intersection(self._truth.present(group))
            if lost:
                self._trace.fail(f"{place} lost {sorted(lost)}, who are in {group}")
        after_teams = _people(found.lists, "team")
        for team_name, people in _people(self._lists, "team").items():
            groups = [group for place, group in _PLACES.items() if place.team == team_name]
            true = {each for group in groups for each in self._truth.present(group)}
            lost = (people - after_teams.get(team_name, set())) & true
            if lost:
                self._trace.fail(f"{team_name} lost {sorted(lost)}, who are in one of {groups}")

    def _check_limits(self, found: Pulled) -> None:
        """No more people leave than the limits of each level allow."""
        for scope, percent, count, floor in (("", 20, 100, 10), ("partner", 30, 50, 5), ("team", 50, 25, 3)):
            before, after = _people(self._lists, scope), _people(found.lists, scope)
            in_teams, stays = _people(self._lists, "team"), _people(found.lists, "team")
            for name, people in before.items():
                left = {
                    each
                    for key, members in in_teams.items()
                    if not scope or key == name or key.startswith(f"{name}/")
                    for each in members - stays.get(key, set())
                }
                if len(left) > floor and (len(left) > count or len(left) * 100 > percent * len(people)):
                    self._trace.fail(
                        f"{len(left)} of {len(people)} leave {name or 'the source'}: {after.keys()}"
                    )

    def _check_identities(self, found: Pulled) -> None:
        """Nobody is added whom the list has already, and a new address keeps the old one."""
        taken = {(each.email, each.id) for people in found.lists.values() for each in people}
        for place, people in found.lists.items():
            held = {each.id: each for each in self._lists.get(place, ())}
            for each in people:
                old = held.get(each.id)
                if old is None or old.email in {each.email, *each.previously}:
                    continue
                if not any(email == old.email and key != each.id for email, key in taken):
                    self._trace.fail(f"{place}: {each.id} lost the address {old.email}")
            if len({each.email for each in people}) < len(people) or len({each.id for each in people}) < len(
                people
            ):
                self._trace.fail(f"{place} has a person twice")
            true = {*self._truth.present(_PLACES[place]).values(), *(each.email for each in held.values())}
            strange = [each.email for each in people if each.id not in held and each.email not in true]
            if strange:
                self._trace.fail(f"{place} has {strange}, who are not in {_PLACES[place]}")


def _people(lists: Lists, scope: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place, people in lists.items():
        name = {"": "", "partner": place.team.partition("/")[0], "team": place.team}[scope]
        found.setdefault(name, set()).update(each.id for each in people)
    return found


def _files(lists: Lists) -> Repository:
    """Return the files with what was written last."""
    teams: dict[str, dict[str, Any]] = {}
    for place, people in lists.items():
        teams.setdefault(place.team, {})[place.role] = people
    spec = {"teams": {team: TeamPeople(**roles) for team, roles in teams.items()}}
    body = People.model_validate(
        {"apiVersion": "reconciler/v1", "kind": "People", "metadata": {"name": "people"}, "spec": spec}
    )
    nothing = Raw({}, Positions(array("I"), array("I"), array("I")))
    written = Document("people.lock", "People", "people", nothing, body)
    return repository(*_FILES, written, configured=_CONFIGURATION)


def main(arguments: list[str]) -> int:
    """Run seeds until one fails, and print the trace or the totals."""
    parser = argparse.ArgumentParser(prog="python -m tests.sources.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="number of seeds")
    parser.add_argument("--from", type=int, default=0, dest="first", help="first seed")
    parser.add_argument("--kind", choices=("memory", *OVER_HTTP), help="the directory; by default all")
    options = parser.parse_args(arguments)
    kinds = (options.kind,) if options.kind else ("memory", *OVER_HTTP)
    happened: Counter[str] = Counter()
    for trace in run(range(options.first, options.first + options.seeds), kinds):
        happened += trace.faults
        if trace.failures:
            sys.stdout.write("\n".join([f"seed {trace.seed} fails:", *trace.lines, *trace.failures, ""]))
            return 1
    sys.stdout.write(f"{counted(options.seeds, 'seed')} passed; {dict(happened.most_common())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

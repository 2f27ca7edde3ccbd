"""A directory in memory: groups with people, whose answers a test can falsify."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from reconciler.errors import PortalError
from reconciler.model.directory import Directory, DirectoryPerson, Evidence, GroupAnswer
from reconciler.model.directory_settings import DirectorySource
from reconciler.model.portal import Progress
from reconciler.workflow.people_pull import OpenDirectory


def person(person_id: str, email: str = "", *, active: bool = True) -> DirectoryPerson:
    return DirectoryPerson(person_id, email or f"{person_id}@acme.example", active)


class MemoryDirectory:
    """A directory that tells the truth, except about the groups in `lies`. `broken` and `silent` are why it
    cannot be read, or cannot confirm.

    The own entries of people are `groups` as well, unless `entries` has another answer for an id.
    """

    def __init__(self, groups: Mapping[str, Sequence[DirectoryPerson]]) -> None:
        self.groups = {name: list(people) for name, people in groups.items()}
        self.lies: dict[str, GroupAnswer] = {}
        self.entries: dict[str, Evidence] = {}
        self.broken = ""
        self.silent = ""
        self.reads: list[tuple[str, ...]] = []
        self.confirmed: list[tuple[str, tuple[str, ...]]] = []

    async def read(self, groups: Sequence[str], progress: Progress) -> Mapping[str, GroupAnswer]:
        self.reads.append(tuple(groups))
        if self.broken:
            raise PortalError(self.broken)
        progress("people", sum(map(len, self.groups.values())), None)
        return {name: self.lies.get(name) or self._truth(name) for name in groups}

    async def confirm(self, group: str, ids: Sequence[str]) -> Mapping[str, Evidence]:
        self.confirmed.append((group, tuple(ids)))
        if self.silent:
            raise PortalError(self.silent)
        inside = {each.id for each in self.groups.get(group, ()) if each.active}
        return {each: self.entries.get(each) or ("member" if each in inside else "left") for each in ids}

    def _truth(self, name: str) -> GroupAnswer:
        if name not in self.groups:
            return GroupAnswer("absent")
        people = tuple(self.groups[name])
        return GroupAnswer("complete" if people else "empty", people)


def opened(**directories: Directory) -> OpenDirectory:
    """Return what opens these directories by the name of their source."""

    @asynccontextmanager
    async def open_directory(name: str, _settings: DirectorySource) -> AsyncIterator[Directory]:
        yield directories[name]

    return open_directory

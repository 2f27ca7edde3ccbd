"""Pull the people of teams from directories: read, confirm who left, decide what to believe, check limits."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from reconciler.errors import InputError, PolicyError, PortalError
from reconciler.load import load
from reconciler.model.counting import people
from reconciler.model.directory import Directory
from reconciler.model.directory_settings import DirectorySource
from reconciler.model.document import Document, Repository
from reconciler.model.gc_pause import quiet_collector
from reconciler.model.people_pull import (
    ExceededLimit,
    GroupNote,
    LeavingPerson,
    Lists,
    PeoplePull,
    PulledSource,
    PullSummary,
    TeamRole,
    UnbelievedGroup,
)
from reconciler.model.portal import Progress
from reconciler.schema import schemas
from reconciler.sources.people import (
    CheckedAnswer,
    HeldLists,
    Reference,
    References,
    believe,
    changes,
    digest,
    exceeded,
    held_lists,
    leaving,
    only_removals,
    references,
    without_reassigned,
)
from reconciler.workflow.people_reading import Reading, missing, read_source
from reconciler.workflow.sources import choose_source
from reconciler.workflow.validate import read_configuration

# Opens the directory of a source.
OpenDirectory: TypeAlias = Callable[[str, DirectorySource], AbstractAsyncContextManager[Directory]]
CHANGED: Final = 2


class PullOptions(msgspec.Struct, frozen=True):
    """Which sources to read, by default all that teams name, and which pulls are allowed by their digest."""

    sources: tuple[str, ...] = ()
    allowed: frozenset[str] = frozenset()
    only_removals: bool = False


class Pulled(msgspec.Struct, frozen=True):
    """The new lists, and the report about them."""

    lists: Lists
    report: PeoplePull


def read_files(configuration: Path) -> Repository:
    """Return the files of a configuration, without a judgement. Raises InputError for its errors."""
    document = read_configuration(configuration)
    with quiet_collector():
        repository, _ = load(document, configuration.parent, schemas())
    return repository


async def pull(
    repository: Repository, open_directory: OpenDirectory, options: PullOptions, progress: Progress
) -> Pulled:
    """Read the directories that teams name, and return what is certain about their people.

    A source that cannot be read changes nothing, and neither does one that exceeds its limits. Raises
    InputError for files with errors, and for a source that cannot be opened as it is configured.
    """
    _require_valid(repository)
    named, held = references(repository.documents), held_lists(repository.documents)
    pulling = _Pulling(named, held.lists, options)
    for name in _chosen(named, options.sources, repository.configuration):
        of_source = References(name, named)
        settings = _settings(of_source, repository.configuration)
        reading = await read_source(of_source, held.lists, open_directory(name, settings), progress)
        pulling.add(of_source, settings, reading)
    return pulling.result(held)


def exit_code(report: PeoplePull, *, detailed: bool) -> int:
    """Return the exit code: 5 for what was not believed, 3 for limits, 2 for changes if `detailed`."""
    outcomes = {each.outcome for each in report.sources}
    if "failed" in outcomes or report.unbelieved:
        return PortalError.exit_code
    if "refused" in outcomes:
        return PolicyError.exit_code
    return CHANGED if report.changed and detailed else 0


def _require_valid(repository: Repository) -> None:
    """Raise InputError if partners or the present people could not be read: their people would be lost."""
    broken = [
        each.file for each in repository.documents if each.kind in {"Partner", "People"} and each.body is None
    ]
    if broken or repository.unreadable & {"Partner", "People"}:
        names = f": {', '.join(sorted(set(broken)))}" if broken else ""
        raise InputError(f"the files have errors{names}", "run `reconciler validate` to see them")


def _settings(named: References, configuration: Document) -> DirectorySource:
    """Return the settings of a source. Raises InputError that says which team names it."""
    try:
        return choose_source(configuration, named.source, DirectorySource)
    except InputError as error:
        first = named.all[0].of
        hint = f"{error.hint}; the {first.role} of {first.team} are from it"
        raise InputError(error.message, hint) from error


def _chosen(named: Sequence[Reference], wanted: Sequence[str], configuration: Document) -> list[str]:
    """Return the names of the sources to read. Raises InputError for one that is not a directory."""
    for name in wanted:
        choose_source(configuration, name, DirectorySource)
    return sorted({each.source for each in named if not wanted or each.source in wanted})


class _Pulling:
    """The lists so far, and what is to be reported about them."""

    def __init__(self, named: Sequence[Reference], held: Lists, options: PullOptions) -> None:
        self._named = named
        self._held = held
        self._options = options
        self._lists = {each.of: held[each.of] for each in named if each.of in held}
        self._sources: list[PulledSource] = []
        self._unbelieved: list[UnbelievedGroup] = []
        self._notes: list[GroupNote] = []

    def add(self, named: References, settings: DirectorySource, reading: Reading) -> None:
        """Add what a source says, unless it exceeds the limits."""
        source, groups = named.source, len(named.groups)
        if reading.failure:
            failed = PulledSource(name=source, outcome="failed", groups=groups, reason=reading.failure)
            self._sources.append(failed)
            return
        belief = believe(named, self._held, reading.answers)
        lists = {**self._lists, **belief.lists}
        roles = [each.of for each in named.all]
        left = leaving(self._held, lists, roles)
        found = exceeded(source, settings.limits, self._held, roles, left)
        result = self._limited(source, groups, found, left)
        self._sources.append(result)
        if result.outcome != "refused":
            self._lists = lists
        self._notes += belief.notes
        for group, answer in sorted(reading.answers.items()):
            self._report(group, answer, named.of_group(group))

    def result(self, held: HeldLists) -> Pulled:
        """Return the new lists and the report."""
        new: Lists = without_reassigned(self._lists)
        found = changes(self._held, new)
        if self._options.only_removals:
            kept = only_removals(self._held, new)
            found, new = changes(self._held, kept), held.as_written(kept)
        actions = [each.action for each in found]
        released = [place for place in self._held if place not in self._lists]
        report = PeoplePull(
            changed=_facts(new) != _facts(held.as_written(self._held)),
            summary=PullSummary(
                actions.count("add"),
                actions.count("remove"),
                actions.count("address") + actions.count("id"),
                len({each.team for each in found}),
            ),
            changes=found,
            sources=tuple(self._sources),
            unbelieved=tuple(self._unbelieved),
            notes=tuple(self._notes),
            released=() if self._options.only_removals else tuple(map(" ".join, sorted(released))),
            renamed=()
            if self._options.only_removals
            else tuple(f"{former} to {team}" for team, former in sorted(held.former.items())),
            only_removals=self._options.only_removals,
        )
        return Pulled(new, report)

    def _limited(
        self,
        source: str,
        groups: int,
        found: tuple[ExceededLimit, ...],
        left: tuple[LeavingPerson, ...],
    ) -> PulledSource:
        if not found:
            return PulledSource(name=source, outcome="applied", groups=groups)
        allowed = digest(source, left)
        return PulledSource(
            name=source,
            outcome="allowed" if allowed in self._options.allowed else "refused",
            groups=groups,
            limits=found,
            leaving=left,
            digest=allowed,
        )

    def _report(self, group: str, answer: CheckedAnswer, named: Sequence[Reference]) -> None:
        """Report a group that was not believed, and the notes about it."""
        source = named[0].source
        self._notes += (GroupNote(source, group, text) for text in answer.notes)
        stay = {
            key: email for key, email in missing(answer, named, self._held).items() if key not in answer.gone
        }
        teams = tuple(f"{each.of.team} {each.of.role}" for each in named)
        if answer.completeness == "absent" and not any(self._held.get(each.of) for each in named):
            # A group that does not exist yet is usual: the CRM may have created the partner first.
            text = (
                f"{_reason(answer, 0)}; create it in the directory, or correct `group` of {', '.join(teams)}"
            )
            self._notes.append(GroupNote(source, group, text))
        elif answer.completeness == "empty" and not stay:
            unread = [name for name, each in zip(teams, named, strict=True) if each.of not in self._held]
            self._notes += (GroupNote(source, group, text) for text in _never_read(unread))
        elif answer.completeness != "complete":
            self._unbelieved.append(
                UnbelievedGroup(
                    source=source,
                    group=group,
                    teams=teams,
                    completeness=answer.completeness,
                    reason=_reason(answer, len(stay)),
                    missing=tuple(sorted(stay.values())),
                )
            )


def _never_read(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield f"the group has no people, so {name} stays without a list until it has"


def _reason(answer: CheckedAnswer, missing: int) -> str:
    if answer.completeness == "empty":
        verb = "has" if missing == 1 else "have"
        return f"the list is empty, but nothing confirms that {people(missing)} {verb} left"
    return answer.reason or (
        "there is no such group" if answer.completeness == "absent" else "the list is not complete"
    )


def _facts(lists: Lists) -> dict[TeamRole, list[tuple[str, str, str, tuple[str, ...]]]]:
    """Return what the file says, in one order."""
    return {
        place: sorted((each.email, each.source, each.id, each.previously) for each in people)
        for place, people in lists.items()
    }

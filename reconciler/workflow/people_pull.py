"""Pull the people of teams from directories: read, confirm who left, decide what to believe, check limits."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, TypeAlias

import msgspec

from reconciler.errors import InputError, PolicyError, PortalError
from reconciler.model.counting import people
from reconciler.model.directory import Directory, Evidence
from reconciler.model.document import Document, Repository
from reconciler.model.people_pull import (
    ExceededLimit,
    GroupNote,
    LeavingPerson,
    Lists,
    PeoplePull,
    PulledSource,
    PullSummary,
    UnbelievedGroup,
)
from reconciler.model.portal import Progress
from reconciler.model.source_settings import DirectorySource
from reconciler.sources.people import (
    CheckedAnswer,
    Reference,
    References,
    believe,
    changes,
    check_answers,
    digest,
    exceeded,
    held_lists,
    leaving,
    only_removals,
    references,
    with_evidence,
    without_reassigned,
)
from reconciler.workflow.sources import choose_source

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


class _Reading(msgspec.Struct, frozen=True):
    """The answers of a source by group, or why it could not be read."""

    answers: Mapping[str, CheckedAnswer] = {}
    failure: str = ""


async def pull(
    repository: Repository, open_directory: OpenDirectory, options: PullOptions, progress: Progress
) -> Pulled:
    """Read the directories that teams name, and return what is certain about their people.

    A source that cannot be read changes nothing, and neither does one that exceeds its limits. Raises
    InputError for files with errors, and for a source that cannot be opened as it is configured.
    """
    _require_valid(repository)
    named, held = references(repository.documents), held_lists(repository.documents)
    pulling = _Pulling(named, held, options)
    for name in _chosen(named, options.sources, repository.configuration):
        settings = choose_source(repository.configuration, name, DirectorySource)
        of_source = References(name, named)
        reading = await _read(of_source, held, open_directory(name, settings), progress)
        pulling.add(of_source, settings, reading)
    return pulling.result()


def exit_code(report: PeoplePull, *, detailed: bool) -> int:
    """Return the exit code: 5 for what was not believed, 3 for limits, 2 for changes if `detailed`."""
    outcomes = {each.outcome for each in report.sources}
    if "failed" in outcomes or report.unbelieved:
        return PortalError.exit_code
    if "refused" in outcomes:
        return PolicyError.exit_code
    return 0 if report.is_empty or not detailed else CHANGED


def _require_valid(repository: Repository) -> None:
    """Raise InputError if partners or the present people could not be read: their people would be lost."""
    broken = [
        each.file for each in repository.documents if each.kind in {"Partner", "People"} and each.body is None
    ]
    if broken or repository.unreadable & {"Partner", "People"}:
        names = f": {', '.join(sorted(set(broken)))}" if broken else ""
        raise InputError(f"the files have errors{names}", "run `reconciler validate` to see them")


def _chosen(named: Sequence[Reference], wanted: Sequence[str], configuration: Document) -> list[str]:
    """Return the names of the sources to read. Raises InputError for one that is not a directory."""
    for name in wanted:
        choose_source(configuration, name, DirectorySource)
    return sorted({each.source for each in named if not wanted or each.source in wanted})


async def _read(
    named: References,
    held: Lists,
    opening: AbstractAsyncContextManager[Directory],
    progress: Progress,
) -> _Reading:
    """Read the groups of one source, and ask about everybody who is missing in them."""
    try:
        async with opening as directory:
            answers = check_answers(await directory.read(named.groups, progress))
            asked = {group: _to_confirm(group, named, held, answers) for group in answers}
            asked = {group: who for group, who in asked.items() if who}
            confirmed = {}
            for number, (group, who) in enumerate(asked.items(), 1):
                progress("groups confirmed", number, len(asked))
                confirmed[group] = await _confirmed(directory, group, answers[group], who)
            return _Reading({**answers, **confirmed})
    except PortalError as error:
        return _Reading(failure=f"{error.message}{f'; {error.hint}' if error.hint else ''}")


async def _confirmed(
    directory: Directory, group: str, answer: CheckedAnswer, missing: Mapping[str, str]
) -> CheckedAnswer:
    try:
        evidence: Mapping[str, Evidence] = await directory.confirm(group, sorted(missing))
    except PortalError as error:
        reason = f"nobody could confirm who left: {error.message}"
        return msgspec.structs.replace(answer, completeness="partial", reason=reason)
    return with_evidence(answer, missing, evidence)


def _to_confirm(
    group: str, named: References, held: Lists, answers: Mapping[str, CheckedAnswer]
) -> dict[str, str]:
    """Return the addresses of the people to ask about, by id: those whom the list of the group lacks.

    Also those whom the other role of their team lacks, because they may have got the role of this group.
    """
    found = _missing(answers[group], named.of_group(group), held) if _may_remove(answers[group]) else {}
    for each in named.of_group(group):
        for other in named.other_roles(each):
            if _may_remove(answers[other.group]):
                gone = _missing(answers[other.group], [other], held)
                found |= {key: email for key, email in gone.items() if key not in answers[group].present}
    return found


def _may_remove(answer: CheckedAnswer) -> bool:
    return answer.completeness in {"complete", "empty"}


def _missing(answer: CheckedAnswer, named: Iterable[Reference], held: Lists) -> dict[str, str]:
    """Return the addresses of the held people who are not in a list, by their ids in its source."""
    return {
        person.id: person.email
        for each in named
        for person in held.get(each.of, ())
        if person.source == each.source and person.id not in answer.present
    }


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

    def add(self, named: References, settings: DirectorySource, reading: _Reading) -> None:
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

    def result(self) -> Pulled:
        """Return the new lists and the report."""
        new: Lists = without_reassigned(self._lists)
        if self._options.only_removals:
            new = only_removals(self._held, new)
        found = changes(self._held, new)
        actions = [each.action for each in found]
        summary = PullSummary(
            actions.count("add"),
            actions.count("remove"),
            actions.count("address") + actions.count("id"),
            len({each.team for each in found}),
        )
        report = PeoplePull(
            summary=summary,
            changes=found,
            sources=tuple(self._sources),
            unbelieved=tuple(self._unbelieved),
            notes=tuple(self._notes),
            released=tuple(f"{place.team} {place.role}" for place in sorted(self._held) if place not in new),
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
        missing = {
            key: email for key, email in _missing(answer, named, self._held).items() if key not in answer.gone
        }
        teams = tuple(f"{each.of.team} {each.of.role}" for each in named)
        if answer.completeness == "empty" and not missing:
            unread = [name for name, each in zip(teams, named, strict=True) if each.of not in self._held]
            self._notes += (GroupNote(source, group, text) for text in _never_read(unread))
        elif answer.completeness != "complete":
            self._unbelieved.append(
                UnbelievedGroup(
                    source=source,
                    group=group,
                    teams=teams,
                    completeness=answer.completeness,
                    reason=_reason(answer, len(missing)),
                    missing=tuple(sorted(missing.values())),
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

"""Read the groups of a source, and ask a second time about everybody who is missing in them."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager

import msgspec

from reconciler.errors import PortalError
from reconciler.model.directory import Directory, Evidence
from reconciler.model.people_pull import Lists
from reconciler.model.portal import Progress
from reconciler.sources.people import CheckedAnswer, Reference, References, check_answers, with_evidence


class Reading(msgspec.Struct, frozen=True):
    """The answers of a source by group, or why it could not be read."""

    answers: Mapping[str, CheckedAnswer] = {}
    failure: str = ""


async def read_source(
    named: References,
    held: Lists,
    opening: AbstractAsyncContextManager[Directory],
    progress: Progress,
) -> Reading:
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
            return Reading({**answers, **confirmed})
    except PortalError as error:
        return Reading(failure=f"{error.message}{f'; {error.hint}' if error.hint else ''}")


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
    found = missing(answers[group], named.of_group(group), held) if _may_remove(answers[group]) else {}
    for each in named.of_group(group):
        for other in named.other_roles(each):
            if _may_remove(answers[other.group]):
                gone = missing(answers[other.group], [other], held)
                found |= {key: email for key, email in gone.items() if key not in answers[group].present}
    return found


def _may_remove(answer: CheckedAnswer) -> bool:
    return answer.completeness in {"complete", "empty"}


def missing(answer: CheckedAnswer, named: Iterable[Reference], held: Lists) -> dict[str, str]:
    """Return the addresses of the held people who are not in a list, by their ids in its source."""
    return {
        person.id: person.email
        for each in named
        for person in held.get(each.of, ())
        if person.source == each.source and person.id not in answer.present
    }

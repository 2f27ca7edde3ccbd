"""From the lists that `people.lock` holds and the checked answers of a source: the new lists.

An id of a source is one person. Only people whose id the lock holds from this source are removed, and only
by lists that `answers` has not refuted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import msgspec

from reconciler.model.people import LockedPerson
from reconciler.model.people_pull import GroupNote, Lists, TeamRole
from reconciler.sources.people.answers import CheckedAnswer, shortened
from reconciler.sources.people.references import Reference, References

_MOST_FORMER: Final = 5
_NO_ANSWER: Final = CheckedAnswer("absent")


class Belief(msgspec.Struct, frozen=True):
    """The new lists of the references to a source, and what people should know about them."""

    lists: Lists
    notes: tuple[GroupNote, ...]


def believe(named: References, held: Lists, answers: Mapping[str, CheckedAnswer]) -> Belief:
    """Return the new lists of the references to a source; `answers` are by group."""
    source = named.source
    addresses = {each: email for answer in answers.values() for each, email in answer.addresses.items()}
    lists: dict[TeamRole, tuple[LockedPerson, ...]] = {}
    notes: list[GroupNote] = []
    for each in named.all:
        answer = _with_moved(each, named, answers)
        people, refused = _new_list(source, held.get(each.of), answer, addresses)
        if people is not None:
            lists[each.of] = people
        if refused:
            who = shortened([person.email for person in refused])
            text = f"{each.of.team}: not added, because other people still have the same address: {who}"
            notes.append(GroupNote(source, each.group, text))
    return Belief(lists, tuple(notes))


def without_reassigned(lists: Lists) -> Lists:
    """Return the lists without former addresses that another person has now, in the source or in the role.

    Otherwise the membership of the former owner would give access to the present one.
    """
    owners: dict[tuple[str, str], set[str]] = {}
    for person in (each for people in lists.values() for each in people):
        owners.setdefault((person.source, person.email), set()).add(person.id)
    return {
        place: tuple(_cleaned(people, owners)) if any(each.previously for each in people) else people
        for place, people in lists.items()
    }


def _cleaned(
    people: Sequence[LockedPerson], owners: Mapping[tuple[str, str], set[str]]
) -> Iterator[LockedPerson]:
    taken = {each.email for each in people}
    for person in people:
        kept = tuple(
            each
            for each in person.previously
            if each not in taken and owners.get((person.source, each), {person.id}) == {person.id}
        )
        taken.update(kept)
        yield person if kept == person.previously else replace(person, previously=kept)


def only_removals(held: Lists, new: Lists) -> Lists:
    """Return the held lists without the people who leave their team; nothing else changes.

    A person who is still in the team in another role or under another id stays.
    """
    remaining: dict[str, set[tuple[str, str] | str]] = {}
    for place, people in new.items():
        known = remaining.setdefault(place.team, set())
        for each in people:
            known.update(((each.source, each.id), each.email))
    return {
        place: people
        if place not in new
        else tuple(each for each in people if {(each.source, each.id), each.email} & remaining[place.team])
        for place, people in held.items()
    }


def _with_moved(
    reference: Reference, named: References, answers: Mapping[str, CheckedAnswer]
) -> CheckedAnswer:
    """Return the answer for a role without those who may only have got another role of the team."""
    answer = answers.get(reference.group, _NO_ANSWER)
    others = [answers.get(each.group, _NO_ANSWER) for each in named.other_roles(reference)]
    gone = frozenset(
        each
        for each in answer.gone
        if not any(_may_have(other, each, left=answer.evidence.get(each) == "left") for other in others)
    )
    return msgspec.structs.replace(answer, gone=gone)


def _may_have(answer: CheckedAnswer, person_id: str, *, left: bool) -> bool:
    """Return whether a person may be in a group and is not added to its list now.

    `left` says that the own entry of the person confirms the removal from the other group.
    """
    if answer.completeness == "complete":
        return person_id in answer.present and person_id not in answer.addresses
    evidence = answer.evidence.get(person_id, "unknown")
    if evidence == "unknown":
        return answer.completeness == "partial" or not left
    return evidence == "member"


def _new_list(
    source: str,
    held: tuple[LockedPerson, ...] | None,
    answer: CheckedAnswer,
    addresses: Mapping[str, str],
) -> tuple[tuple[LockedPerson, ...] | None, list[LockedPerson]]:
    """Return the new list, and the people who could not be added to it."""
    # Each id once, although a file that was edited by hand may have it twice.
    own = list({each.id: each for each in reversed(held or ()) if each.source == source}.values())
    others = any(each.source != source for each in held or ())
    if answer.completeness != "complete" and (held is None or (others and not own)):
        # It was never read from this source: a list that lacks people would remove them from portals.
        return held, []
    known = {each.id for each in own}
    coming = [
        LockedPerson(source=source, id=each, email=email)
        for each, email in answer.addresses.items()
        if each not in known and answer.completeness != "absent"
    ]
    kept = [each for each in own if each.id not in answer.gone]
    moved = [_at(each, addresses.get(each.id)) for each in kept]
    if _are_unique([*moved, *coming]):
        return _sorted([*moved, *coming]), []
    taken = {each.email for each in kept}
    return (
        _sorted([*kept, *(each for each in coming if each.email not in taken)]),
        [each for each in coming if each.email in taken],
    )


def _at(person: LockedPerson, email: str | None) -> LockedPerson:
    """Return a person with the present address, who keeps the former ones."""
    if email is None or email == person.email:
        return person
    former = (person.email, *(each for each in person.previously if each != email))
    return replace(person, email=email, previously=former[:_MOST_FORMER])


def _are_unique(people: Sequence[LockedPerson]) -> bool:
    return len({each.email for each in people}) == len(people)


def _sorted(people: Iterable[LockedPerson]) -> tuple[LockedPerson, ...]:
    return tuple(sorted(people, key=lambda each: (each.email, each.source, each.id)))

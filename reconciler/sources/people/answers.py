"""Check the answers of a directory: contradictions in a list make it partial, and unusable rows are named."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from reconciler.errors import InputError
from reconciler.model.counting import people
from reconciler.model.directory import Completeness, DirectoryPerson, Evidence, GroupAnswer
from reconciler.model.field_types import EMAIL, LINE
from reconciler.model.identity import MAX_EMAIL, canonical_email
from reconciler.model.printable import printable, unseen

_ADDRESS: Final = re.compile(EMAIL)
_ID: Final = re.compile(LINE)
_MAX_ID: Final = 255
_MAX_SHOWN: Final = 100
_MOST_REASONS: Final = 3


class CheckedAnswer(msgspec.Struct, frozen=True):
    """An answer about a group without its contradictions.

    `present` are the ids of all who are in the group. `addresses` has the canonical addresses of those who
    can be added. `gone` are the ids that the lock holds and that may be removed. `evidence` has what the own
    entries say about people who are not in the list.
    """

    completeness: Completeness
    present: frozenset[str] = frozenset()
    addresses: Mapping[str, str] = {}
    gone: frozenset[str] = frozenset()
    evidence: Mapping[str, Evidence] = {}
    reason: str = ""
    notes: tuple[str, ...] = ()


def check_answers(answers: Mapping[str, GroupAnswer]) -> dict[str, CheckedAnswer]:
    """Return the answers by group. An id with two addresses in different groups is a contradiction too."""
    addresses: dict[str, set[str]] = {}
    for answer in answers.values():
        for person in _active(answer):
            if email := usable_address(person.email):
                addresses.setdefault(person.id, set()).add(email)
    unclear = {each for each, found in addresses.items() if len(found) > 1}
    return {group: _checked(answer, addresses, unclear) for group, answer in answers.items()}


def with_evidence(
    answer: CheckedAnswer, missing: Mapping[str, str], evidence: Mapping[str, Evidence]
) -> CheckedAnswer:
    """Return the answer with the people who left. `missing` has the addresses of held ids not in the list.

    Where the own entry of one of them says that the person is still in the group, the list is not believed.
    """
    answer = msgspec.structs.replace(answer, evidence=evidence)
    if answer.completeness not in {"complete", "empty"}:
        return answer
    still = [email for each, email in missing.items() if evidence.get(each) == "member"]
    if still:
        where = (
            "is missing, but by its own entry" if len(still) == 1 else "are missing, but by their own entries"
        )
        reason = f"{people(len(still))} {where} still in the group: {shortened(still)}"
        return msgspec.structs.replace(answer, completeness="partial", reason=reason)
    if answer.completeness == "empty":
        missing = {each: email for each, email in missing.items() if evidence.get(each) == "left"}
    return msgspec.structs.replace(answer, gone=frozenset(missing))


def usable_address(text: str) -> str | None:
    """Return the canonical form of an address of a directory, or None if it cannot be used."""
    try:
        email = canonical_email(text)
    except InputError:
        return None
    if len(email.encode(errors="replace")) > MAX_EMAIL or not _ADDRESS.fullmatch(email):
        return None
    return email if email.isascii() or not unseen(email) else None


def shortened(names: Collection[str], most: int = _MOST_REASONS) -> str:
    """Return untrusted names, escaped, each and all of them shortened."""
    shown = [_shown(each) for each in sorted(names)[:most]]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(shown)}{more}"


def _checked(
    answer: GroupAnswer, addresses: Mapping[str, set[str]], unclear: Collection[str]
) -> CheckedAnswer:
    active = list(_active(answer))
    present = frozenset(each.id for each in active)
    rows = {each: next(iter(addresses[each])) for each in sorted(present) if each in addresses}
    shared = _shared(rows)
    wrong = [
        *(
            f"{_shown(each)} has several addresses: {shortened(addresses[each])}"
            for each in sorted(present.intersection(unclear))
        ),
        *(f"{_shown(each)} belongs to several ids: {shortened(ids)}" for each, ids in shared.items()),
        *(f"{_shown(each)} is both active and disabled" for each in sorted(_both(answer, present))),
        *(["nobody in it has a valid address"] if present and not rows else []),
    ]
    doubtful = {*unclear, *(each for ids in shared.values() for each in ids)}
    return CheckedAnswer(
        _completeness(answer, present, wrong),
        present,
        {each: email for each, email in rows.items() if each not in doubtful},
        reason=answer.reason if not wrong else _summary(wrong),
        notes=(*answer.notes, *_unusable(answer, rows)),
    )


def _completeness(answer: GroupAnswer, present: Collection[str], wrong: Sequence[str]) -> Completeness:
    if answer.completeness == "absent":
        return "absent"
    if wrong or (answer.completeness == "empty" and present):
        return "partial"
    # A list of which everybody is disabled says as little as one without anybody.
    return "empty" if answer.completeness == "complete" and not present else answer.completeness


def _active(answer: GroupAnswer) -> Iterable[DirectoryPerson]:
    """Return the people whose accounts are not disabled, and whose ids can be used."""
    if answer.completeness == "absent":
        return ()
    return (each for each in answer.people if each.active and _is_usable(each.id))


def _is_usable(person_id: str) -> bool:
    return len(person_id) <= _MAX_ID and _ID.fullmatch(person_id) is not None


def _shared(rows: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the addresses that several ids have."""
    ids: dict[str, list[str]] = {}
    for each, email in rows.items():
        ids.setdefault(email, []).append(each)
    return {email: sharing for email, sharing in ids.items() if len(sharing) > 1}


def _both(answer: GroupAnswer, present: Collection[str]) -> set[str]:
    return {each.id for each in answer.people if not each.active and each.id in present}


def _unusable(answer: GroupAnswer, rows: Collection[str]) -> list[str]:
    """Return notes about people who cannot be added; the directory itself names those without an address."""
    found = [
        f"the id {_shown(each.id)} cannot be used, so this person is not added"
        for each in answer.people
        if each.active and not _is_usable(each.id)
    ]
    return found + [
        f"{_shown(each.email)} is not a valid address, so {_shown(each.id)} is not added"
        for each in _active(answer)
        if each.email and each.id not in rows
    ]


def _summary(reasons: Sequence[str]) -> str:
    more = f"; and {len(reasons) - _MOST_REASONS:,} more" if len(reasons) > _MOST_REASONS else ""
    return "; ".join(reasons[:_MOST_REASONS]) + more


def _shown(text: str) -> str:
    """Return untrusted text, escaped and shortened."""
    return printable(text) if len(text) <= _MAX_SHOWN else f"{printable(text[:_MAX_SHOWN])}…"

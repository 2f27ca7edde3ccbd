"""Risks of changed fields; FIELDS has a function for each field of resources."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from reconciler.model.ids import name_of, split_team
from reconciler.model.kinds import name_in, noun_of, person_of, team_of
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.model.risk import Rank, Risk, RiskRule, quoted
from reconciler.policy.risks.facts import Facts, short

_VISIBILITIES: Final = ("restricted", "organization", "public")


class FieldUpdate(NamedTuple):
    """A changed field; `before` and `after` are None if it has no value."""

    change: Change
    before: Any
    after: Any


RiskCheck: TypeAlias = Callable[[Facts, FieldUpdate], Iterator[Risk]]


def of_fields(facts: Facts, change: Change) -> Iterator[Risk]:
    """Yield the risks of the fields that a change sets or alters."""
    if change.action in {"create", "update"}:
        before, after = change.before or {}, change.after or {}
        for name in sorted({*before, *after}):
            judge = FIELDS.get(name, partial(_other, name))
            if judge is not None and before.get(name) != after.get(name):
                yield from judge(facts, FieldUpdate(change, before.get(name), after.get(name)))


def _risk(
    rule: RiskRule, rank: Rank, subject: ResourceId, message: str, people: tuple[str, ...] = ()
) -> Iterator[Risk]:
    yield Risk(rule=rule, rank=rank, subject=subject, people=people, message=message)


def _is_new(update: FieldUpdate) -> bool:
    return update.change.before is None


def _type(_: Facts, update: FieldUpdate) -> Iterator[Risk]:
    if not _is_new(update):
        partner = update.change.id
        message = f"{short(partner)} is now of type {quoted(update.after)} (was {quoted(update.before)})"
        yield from _risk("new-type", "medium", partner, message)


def _status(facts: Facts, update: FieldUpdate) -> Iterator[Risk]:
    partner = update.change.id
    if update.after == "suspended":
        message = f"{short(partner)} is suspended: its teams lose their access"
        yield from _risk("suspended", "low", partner, message)
    elif not _is_new(update):
        message = f"{short(partner)} is no longer suspended: its teams get their access back"
        people = {each for row in facts.impact.gained for each in row.people if _is_of(partner, row.team)}
        yield from _risk("resumed", "medium", partner, message, tuple(sorted(people)))


def _is_of(partner: ResourceId, team: str | None) -> bool:
    return team is not None and split_team(team)[0] == name_of(partner)


def _owner(_: Facts, update: FieldUpdate) -> Iterator[Risk]:
    if not _is_new(update):
        subject = update.change.id
        message = (
            f"{noun_of(subject)} {short(subject)} now belongs to {quoted(update.after)}"
            f" (was {quoted(update.before)})"
        )
        yield from _risk("new-owner", "medium", subject, message)


def _domains(_: Facts, update: FieldUpdate) -> Iterator[Risk]:
    new = sorted({*(update.after or ())} - {*(update.before or ())})
    if new:
        partner = update.change.id
        message = f"{short(partner)} may now have people with addresses at {', '.join(map(quoted, new))}"
        yield from _risk("new-domain", "medium", partner, message)


def _blocked(_: Facts, update: FieldUpdate) -> Iterator[Risk]:
    partner, before, after = update.change.id, {*(update.before or ())}, {*(update.after or ())}
    freed, barred = tuple(sorted(before - after)), tuple(sorted(after - before))
    if freed:
        message = f"{', '.join(map(quoted, freed))} may join the teams of {short(partner)} again"
        yield from _risk("unblocked", "medium", partner, message, freed)
    if barred and not _is_new(update):
        message = f"{', '.join(map(quoted, barred))} may no longer be in any team of {short(partner)}"
        yield from _risk("blocked", "low", partner, message, barred)


def _delegated(facts: Facts, update: FieldUpdate) -> Iterator[Risk]:
    team = update.change.id
    if _is_new(update):
        return
    if update.after:
        message = f"the admins of {short(team)} may now add people to it themselves"
        yield from _risk("delegation-begins", "high", team, message, facts.people_of(team))
    else:
        message = f"the admins of {short(team)} may no longer add people to it"
        yield from _risk("delegation-ends", "low", team, message, facts.people_of(team))


def _role(_: Facts, update: FieldUpdate) -> Iterator[Risk]:
    team, person = team_of(update.change.id) or "", person_of(update.change.id)
    if update.after == "admin":
        yield from _risk(
            "new-admin", "medium", team, f"{quoted(person)} becomes an admin of {short(team)}", (person,)
        )
    elif update.before == "admin":
        message = f"{quoted(person)} is no longer an admin of {short(team)}"
        yield from _risk("admin-removed", "low", update.change.id, message, (person,))


def _until(facts: Facts, update: FieldUpdate) -> Iterator[Risk]:
    """Yield the risk of a changed end; a missing end counts as the latest."""
    change, before, after = update
    if change.action != "update":
        return
    later = before is not None and (after is None or after > before)
    message = f"{_held(change)} {_day(after)} (was {_day(before)})"
    rule: RiskRule = "end-moved-out" if later else "end-brought-forward"
    yield from _risk(rule, "medium" if later else "low", change.id, message, facts.behind(change.id))


def _held(change: Change) -> str:
    team = team_of(change.id)
    if change.kind == "membership":
        return f"{quoted(person_of(change.id))} is in {short(team or '')}"
    holder = short(team) if team else quoted(person_of(change.id))
    return f"{holder} has {quoted(name_in(change.id, 'group') or name_in(change.id, 'api') or '')}"


def _day(until: str | None) -> str:
    return f"until {quoted(until)}" if until else "without an end"


def _level(facts: Facts, update: FieldUpdate) -> Iterator[Risk]:
    change, before, after = update
    if before is not None and after is not None:
        raised = after == "consume"
        message = f"{_held(change)} with level {quoted(after)} (was {quoted(before)})"
        rule: RiskRule = "level-raised" if raised else "level-lowered"
        yield from _risk(rule, "medium" if raised else "low", change.id, message, facts.behind(change.id))


def _visibility(_: Facts, update: FieldUpdate) -> Iterator[Risk]:
    if not _is_new(update):
        product = update.change.id
        wider = _VISIBILITIES.index(update.after) > _VISIBILITIES.index(update.before)
        message = f"{short(product)} is now {quoted(update.after)} (was {quoted(update.before)})"
        rule: RiskRule = "visibility-widened" if wider else "visibility-narrowed"
        yield from _risk(rule, "high" if wider else "low", product, message)


def _other(name: str, _: Facts, update: FieldUpdate) -> Iterator[Risk]:
    """Report an update of a field that has no function of its own."""
    if not _is_new(update):
        subject = update.change.id
        message = f"`{name}` of {noun_of(subject)} {short(subject)} has changed"
        yield from _risk("setting-changed", "medium", subject, message)


# None: the field does not affect access, and the change itself is sufficient for a reviewer.
FIELDS: Final[Mapping[str, RiskCheck | None]] = {
    "type": _type,
    "status": _status,
    "displayName": None,
    "description": None,
    "owner": _owner,
    "domains": _domains,
    "agreement": None,
    "blocked": _blocked,
    "delegated": _delegated,
    "role": _role,
    "until": _until,
    "level": _level,
    "reason": None,
    "visibility": _visibility,
}

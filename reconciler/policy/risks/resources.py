"""FIELDS: for each field of each kind of resource, what a reviewer has to know when it changes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from reconciler.model.kinds import person_of, team_of
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.model.risk import Rank, Risk, RiskRule, quoted
from reconciler.policy.risks.facts import Facts, short

_VISIBILITIES: Final = ("restricted", "organization", "public")


class Moved(NamedTuple):
    """A field that changes; `before` and `after` are None where it has no value."""

    change: Change
    before: Any
    after: Any


Judge: TypeAlias = Callable[[Facts, Moved], Iterator[Risk]]


def of_fields(facts: Facts, change: Change) -> Iterator[Risk]:
    """Yield the risks of the fields that a change sets or alters."""
    if change.action in {"create", "update"}:
        before, after = change.before or {}, change.after or {}
        for name in sorted({*before, *after}):
            judge = FIELDS[change.kind, name]
            if judge is not None and before.get(name) != after.get(name):
                yield from judge(facts, Moved(change, before.get(name), after.get(name)))


def _risk(
    rule: RiskRule, rank: Rank, subject: ResourceId, message: str, people: tuple[str, ...] = ()
) -> Iterator[Risk]:
    yield Risk(rule=rule, rank=rank, subject=subject, people=people, message=message)


def _is_new(moved: Moved) -> bool:
    return moved.change.before is None


def _type(_: Facts, moved: Moved) -> Iterator[Risk]:
    if not _is_new(moved):
        partner = moved.change.id
        message = f"{short(partner)} is now {quoted(moved.after)}; before, {quoted(moved.before)}"
        yield from _risk("new-type", "medium", partner, message)


def _status(facts: Facts, moved: Moved) -> Iterator[Risk]:
    partner = moved.change.id
    if moved.after == "suspended":
        message = f"{short(partner)} is suspended, and its teams have no access"
        yield from _risk("suspended", "low", partner, message)
    elif not _is_new(moved):
        message = f"{short(partner)} is no longer suspended, and its teams have their access again"
        people = {each for row in facts.impact.gained for each in row.people if _is_of(partner, row.team)}
        yield from _risk("resumed", "medium", partner, message, tuple(sorted(people)))


def _is_of(partner: ResourceId, team: str | None) -> bool:
    return team is not None and team.startswith(f"{partner.partition('/')[2]}/")


def _owner(_: Facts, moved: Moved) -> Iterator[Risk]:
    if not _is_new(moved):
        subject = moved.change.id
        message = (
            f"{_noun(subject)} {short(subject)} now belongs to {quoted(moved.after)}; before, to"
            f" {quoted(moved.before)}"
        )
        yield from _risk("new-owner", "medium", subject, message)


def _noun(resource_id: ResourceId) -> str:
    return {"access-group": "group", "api-product": "product"}.get(resource_id.partition("/")[0], "partner")


def _domains(_: Facts, moved: Moved) -> Iterator[Risk]:
    new = sorted({*(moved.after or ())} - {*(moved.before or ())})
    if new:
        partner = moved.change.id
        message = f"{short(partner)} may have people of {', '.join(map(quoted, new))}"
        yield from _risk("new-domain", "medium", partner, message)


def _blocked(_: Facts, moved: Moved) -> Iterator[Risk]:
    partner, before, after = moved.change.id, {*(moved.before or ())}, {*(moved.after or ())}
    freed, barred = tuple(sorted(before - after)), tuple(sorted(after - before))
    if freed:
        message = f"{', '.join(map(quoted, freed))} may be in the teams of {short(partner)} again"
        yield from _risk("unblocked", "medium", partner, message, freed)
    if barred and not _is_new(moved):
        message = f"{', '.join(map(quoted, barred))} may be in no team of {short(partner)} any more"
        yield from _risk("blocked", "low", partner, message, barred)


def _delegated(facts: Facts, moved: Moved) -> Iterator[Risk]:
    team = moved.change.id
    if _is_new(moved):
        return
    if moved.after:
        message = f"the admins of {short(team)} may add people to it themselves from now on"
        yield from _risk("delegation-begins", "high", team, message, facts.people_of(team))
    else:
        message = f"the admins of {short(team)} may no longer add people to it"
        yield from _risk("delegation-ends", "low", team, message, facts.people_of(team))


def _role(_: Facts, moved: Moved) -> Iterator[Risk]:
    team, person = team_of(moved.change.id) or "", person_of(moved.change.id)
    if moved.after == "admin":
        yield from _risk(
            "new-admin", "medium", team, f"{quoted(person)} becomes an admin of {short(team)}", (person,)
        )
    elif moved.before == "admin":
        message = f"{quoted(person)} is no longer an admin of {short(team)}"
        yield from _risk("admin-removed", "low", moved.change.id, message, (person,))


def _until(facts: Facts, moved: Moved) -> Iterator[Risk]:
    """Yield that an end moves; one that is not there is later than any."""
    change, before, after = moved
    if change.action != "update":
        return
    later = before is not None and (after is None or after > before)
    message = f"{_held(change)} {_day(after)}; before, {_day(before)}"
    rule: RiskRule = "end-moved-out" if later else "end-brought-forward"
    yield from _risk(rule, "medium" if later else "low", change.id, message, facts.behind(change.id))


def _held(change: Change) -> str:
    team = team_of(change.id)
    if change.kind == "membership":
        return f"{quoted(person_of(change.id))} is in {short(team or '')}"
    holder = short(team) if team else quoted(person_of(change.id))
    return f"{holder} has {quoted(change.id.split('/')[1])}"


def _day(until: str | None) -> str:
    return f"until {quoted(until)}" if until else "without an end"


def _level(facts: Facts, moved: Moved) -> Iterator[Risk]:
    change, before, after = moved
    if before is not None and after is not None:
        raised = after == "consume"
        message = f"{_held(change)} with {quoted(after)}; before, {quoted(before)}"
        rule: RiskRule = "level-raised" if raised else "level-lowered"
        yield from _risk(rule, "medium" if raised else "low", change.id, message, facts.behind(change.id))


def _visibility(_: Facts, moved: Moved) -> Iterator[Risk]:
    if not _is_new(moved):
        product = moved.change.id
        wider = _VISIBILITIES.index(moved.after) > _VISIBILITIES.index(moved.before)
        message = f"{short(product)} is now {quoted(moved.after)}; before, {quoted(moved.before)}"
        rule: RiskRule = "visibility-widened" if wider else "visibility-narrowed"
        yield from _risk(rule, "high" if wider else "low", product, message)


# None: the change itself says all; it decides nothing about who may do what.
FIELDS: Final[Mapping[tuple[str, str], Judge | None]] = {
    ("partner", "type"): _type,
    ("partner", "status"): _status,
    ("partner", "displayName"): None,
    ("partner", "owner"): _owner,
    ("partner", "domains"): _domains,
    ("partner", "agreement"): None,
    ("partner", "blocked"): _blocked,
    ("team", "displayName"): None,
    ("team", "delegated"): _delegated,
    ("membership", "role"): _role,
    ("membership", "until"): _until,
    ("api-product", "displayName"): None,
    ("api-product", "description"): None,
    ("api-product", "owner"): _owner,
    ("api-product", "visibility"): _visibility,
    ("access-group", "displayName"): None,
    ("access-group", "description"): None,
    ("access-group", "owner"): _owner,
    ("grant", "level"): _level,
    ("grant", "until"): _until,
    ("grant", "reason"): None,
}

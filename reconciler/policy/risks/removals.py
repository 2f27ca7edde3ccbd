"""Risks of removals, adoptions and moves, grouped by partner, access group or product."""

from collections import Counter
from collections.abc import Iterator

from reconciler.model.counting import counted
from reconciler.model.ids import kind_of
from reconciler.model.kinds import kind_row, noun_of, partner_of, section_of
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.model.risk import Risk
from reconciler.policy.risks.facts import Facts, short


def removals(facts: Facts) -> Iterator[Risk]:
    """Yield a risk for the removals of each partner, group and product; expired objects are separate."""
    going: dict[tuple[ResourceId, bool], list[Change]] = {}
    for change in facts.changes:
        if change.action == "delete":
            key = section_of(change.id), change.because == "expired"
            going.setdefault(key, []).append(change)
    for (about, expired), changes in sorted(going.items()):
        people = sorted({person for change in changes for person in facts.behind(change.id)})
        yield Risk(
            rule="expired" if expired else "removed",
            rank="low",
            subject=about,
            people=tuple(people),
            message=_message(about, changes, expired=expired),
        )


def adopted(facts: Facts) -> Iterator[Risk]:
    """Yield a risk for each object that is adopted and managed by the files from then on."""
    for change in facts.changes:
        if change.action == "adopt":
            message = f"{kind_row(change.kind).noun} {short(change.id)} is managed here from now on"
            yield Risk(rule="adopted", rank="medium", subject=change.id, message=message)


def taken_over(facts: Facts) -> Iterator[Risk]:
    """Yield a risk for each team that moves to another partner with its people and tokens."""
    names = {
        change.renamed_from: change.id
        for change in facts.changes
        if change.kind == "partner" and change.renamed_from
    }
    for change in facts.changes:
        if change.kind == "team" and change.renamed_from:
            former = f"partner/{partner_of(change.renamed_from)}"
            if names.get(former, former) != f"partner/{partner_of(change.id)}":
                message = f"team {short(change.renamed_from)} becomes {short(change.id)} and keeps its people"
                yield Risk(
                    rule="taken-over",
                    rank="medium",
                    subject=change.id,
                    people=facts.people_of(change.renamed_from),
                    message=message,
                )


def _message(about: ResourceId, changes: list[Change], *, expired: bool) -> str:
    """Return what is removed: some objects of a partner, group or product, or itself with all of them."""
    inside = [change for change in changes if change.id != about]
    if len(inside) < len(changes):
        everything = f" with {_counted(inside)}" if inside else ""
        return f"{kind_row(kind_of(about)).noun} {short(about)} is removed{everything}"
    one, many = ("has ended", "have ended") if expired else ("is removed", "are removed")
    return f"{_counted(inside)} of {short(about)} {one if len(inside) == 1 else many}"


def _counted(changes: list[Change]) -> str:
    """Return the number of changes by noun, such as `1 member, 2 grants`."""
    ordered = sorted(changes, key=lambda change: kind_row(change.kind).rank)
    counts = Counter(noun_of(change.id) for change in ordered)
    return ", ".join(counted(number, noun) for noun, number in counts.items())

"""Risks of removals, adoptions and moves, grouped by partner, access group or product."""

from collections import Counter
from collections.abc import Iterator

from reconciler.model.kinds import kind_row, partner_of, section_of
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
        verb = "has ended" if expired else "is removed"
        message = f"{_counted(changes)} of {short(about)} {verb if len(changes) == 1 else _many(verb)}"
        yield Risk(
            rule="expired" if expired else "removed",
            rank="low",
            subject=about,
            people=tuple(people),
            message=message,
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


def _counted(changes: list[Change]) -> str:
    """Return the number of changes of each kind, such as `2 grants, 1 member`."""
    counts = Counter(change.kind for change in changes)
    listed = [
        f"{counts[row.name]:,} {row.noun if counts[row.name] == 1 else row.plural}"
        for row in sorted(map(kind_row, counts), key=lambda each: each.rank)
    ]
    return ", ".join(listed)


def _many(verb: str) -> str:
    return verb.replace("has", "have").replace("is", "are")

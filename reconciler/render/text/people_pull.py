"""How `people.lock` changes, and what was not believed, as text."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.people_pull import Action, PeoplePull, PersonChange, PulledSource
from reconciler.model.printable import printable
from reconciler.render.people_pull import TITLES, limit, names_at, summary, unbelieved
from reconciler.render.text.style import Style, listed

_MOST_PEOPLE: Final = 50
_MOST_NAMES: Final = 6
_MOST_NOTES: Final = 20
_MOST_LIMITS: Final = 5
_SIGNS: Final[dict[Action, tuple[str, str]]] = {
    "add": ("+", "green"),
    "remove": ("-", "red"),
    "address": ("~", "yellow"),
    "id": ("~", "yellow"),
}


def people_pull(report: PeoplePull, *, color: bool) -> str:
    """Return the changes by team, then what was not applied or believed, and the totals."""
    style = Style(color=color)
    lines = [*_changes(report, style), *(f"Released: {printable(each)}" for each in report.released)]
    lines += [f"Renamed: {printable(each)}" for each in report.renamed]
    for source in report.sources:
        lines += _source(source, style)
    for group in report.unbelieved:
        about = f"{group.source}, group {group.group} ({listed(group.teams)})"
        title = style.paint(TITLES[group.completeness], "yellow")
        lines.append(f"{title}: {printable(f'{about}: {unbelieved(group)}')}")
        lines += [f"  missing: {listed(group.missing, _MOST_NAMES)}"] if group.missing else []
    lines += [
        printable(f"Note: {note.source}, group {note.group}: {note.text}")
        for note in report.notes[:_MOST_NOTES]
    ]
    if len(report.notes) > _MOST_NOTES:
        lines.append(f"{counted(len(report.notes) - _MOST_NOTES, 'more note')}: see --format json.")
    return "\n".join([*lines, summary(report)]) + "\n"


def _changes(report: PeoplePull, style: Style) -> Iterator[str]:
    for (team, role), group in groupby(report.changes, key=lambda each: (each.team, each.role)):
        found = list(group)
        yield style.paint(printable(f"{team} {role}"), "bold")
        for each in found[:_MOST_PEOPLE]:
            sign, paint = _SIGNS[each.action]
            yield f"  {style.paint(sign, paint)} {printable(_person(each))}"
        if len(found) > _MOST_PEOPLE:
            yield f"  and {counted(len(found) - _MOST_PEOPLE, 'more change')}: see --format json"


def _person(change: PersonChange) -> str:
    if change.action == "address":
        return f"{change.previous_email} → {change.email}"
    return f"{change.email} (new id)" if change.action == "id" else change.email


def _source(source: PulledSource, style: Style) -> Iterator[str]:
    if source.outcome == "failed":
        yield f"{style.paint('Not read', 'red')}: {printable(f'{source.name}: {source.reason}')}"
    for found in source.limits[:_MOST_LIMITS]:
        word = ("Allowed", "yellow") if source.outcome == "allowed" else ("Too many leave", "red")
        yield f"{style.paint(*word)}: {printable(f'{source.name}: {limit(found)}'.replace('`', ''))}"
        yield f"  missing: {listed(names_at(source, found), _MOST_NAMES)}"
    if len(source.limits) > _MOST_LIMITS:
        more = counted(len(source.limits) - _MOST_LIMITS, "more limit is", "more limits are")
        yield f"  {more} exceeded: see --format json."
    if source.outcome == "refused":
        yield f"  Nothing of {source.name} is applied. If these people left, allow this pull:"
        yield f"  reconciler people pull --allow {source.digest}"

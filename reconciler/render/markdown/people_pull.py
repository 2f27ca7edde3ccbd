"""Markdown: how `people.lock` changes, as the body of a pull request."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from reconciler.model.counting import counted
from reconciler.model.people_pull import Action, PeoplePull, PersonChange, PulledSource
from reconciler.render.markdown.escaping import MAX_LENGTH, code, codes, folded, sentence, table
from reconciler.render.people_pull import TITLES, limit, names_at, summary, unbelieved

_MOST_NAMES: Final = 20
_MOST_NOTES: Final = 50
_MOST_LIMITS: Final = 5
_WORDS: Final[dict[Action, str]] = {
    "add": "added",
    "remove": "removed",
    "address": "new address",
    "id": "new id",
}


def people_pull(report: PeoplePull) -> str:
    """Return what needs attention, then the changes by partner and team; a long list is cut off."""
    head = [summary(report), ""]
    for source in report.sources:
        head += _source(source)
    for group in report.unbelieved:
        about = f"{code(group.source)}, group {code(group.group)} ({codes(group.teams)})"
        head += [f"**{TITLES[group.completeness]}**: {about}: {sentence(unbelieved(group))}", ""]
        head += [f"Missing: {codes(group.missing, _MOST_NAMES)}", ""] if group.missing else []
    head += [f"Released: {codes(report.released, _MOST_NAMES)}", ""] if report.released else []
    head += [f"Renamed: {codes(report.renamed, _MOST_NAMES)}", ""] if report.renamed else []
    notes = list(_notes(report))
    left = MAX_LENGTH - len("\n".join([*head, *notes]))
    return "\n".join([*head, *_fitting(report, left), *notes]).rstrip("\n") + "\n"


def _source(source: PulledSource) -> Iterator[str]:
    if source.outcome == "failed":
        yield from (f"**Not read**: {code(source.name)}: {sentence(source.reason)}", "")
    for found in source.limits[:_MOST_LIMITS]:
        title = "Allowed" if source.outcome == "allowed" else "Too many leave"
        yield from (f"**{title}**: {code(source.name)}: {sentence(limit(found))}", "")
        yield from (f"Missing: {codes(names_at(source, found), _MOST_NAMES)}", "")
    if len(source.limits) > _MOST_LIMITS:
        more = counted(len(source.limits) - _MOST_LIMITS, "more limit is", "more limits are")
        yield from (f"{more} exceeded.", "")
    if source.outcome == "refused":
        command = code(f"reconciler people pull --allow {source.digest}")
        yield f"Nothing of {code(source.name)} is applied. If these people left, allow this pull: {command}"
        yield ""


def _fitting(report: PeoplePull, left: int) -> Iterator[str]:
    """Yield a table for each partner while there is room."""
    shown = 0
    for partner, group in groupby(report.changes, key=lambda each: each.team.partition("/")[0]):
        rows = [_row(each) for each in group]
        lines = [f"### {code(partner)}", "", *table(["Team", "Role", "Change", "Person"], rows), ""]
        left -= sum(len(line) + 1 for line in lines)
        if left < 0:
            yield from (f"{counted(len(report.changes) - shown, 'more change')} in the file.", "")
            return
        yield from lines
        shown += len(rows)


def _row(change: PersonChange) -> list[str]:
    who = code(change.email)
    if change.action == "address":
        who = f"{code(change.previous_email or '')} → {who}"
    return [code(change.team.partition("/")[2]), change.role, _WORDS[change.action], who]


def _notes(report: PeoplePull) -> Iterator[str]:
    if not report.notes:
        return
    lines = [
        f"- {code(each.source)}, group {code(each.group)}: {sentence(each.text)}"
        for each in report.notes[:_MOST_NOTES]
    ]
    if len(report.notes) > _MOST_NOTES:
        lines.append(f"- {counted(len(report.notes) - _MOST_NOTES, 'more note')}")
    yield from folded(counted(len(report.notes), "note"), lines)

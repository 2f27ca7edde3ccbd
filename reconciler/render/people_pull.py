"""Sentences about a pull, for text and Markdown."""

from typing import Final

from reconciler.model.counting import counted, people
from reconciler.model.directory import Completeness
from reconciler.model.people_pull import ExceededLimit, PeoplePull, PulledSource, UnbelievedGroup

TITLES: Final[dict[Completeness, str]] = {"absent": "Not found", "empty": "Empty", "partial": "Incomplete"}


def summary(report: PeoplePull) -> str:
    """Return one sentence with the totals."""
    found = report.summary
    if not report.changed:
        return "No changes."
    parts = [f"{people(found.added)} added"] if found.added else []
    parts += [f"{people(found.removed)} removed"] if found.removed else []
    parts += [f"{people(found.changed)} changed"] if found.changed else []
    parts += [f"{counted(len(report.released), 'list')} released"] if report.released else []
    parts += [f"{counted(len(report.renamed), 'team')} renamed"] if report.renamed else []
    parts = parts or ["Former addresses changed"]
    where = f" in {counted(found.teams, 'team')}" if found.teams else ""
    return f"{', '.join(parts)}{where}."


def limit(found: ExceededLimit) -> str:
    """Return what a limit counts and allows; the name is in backticks."""
    verb = "leaves" if found.leaving == 1 else "leave"
    return (
        f"{found.level} `{found.name}`: {found.leaving:,} of {people(found.people)} {verb}"
        f" (limit: {found.percent} % or {found.count:,}, above {found.floor:,})"
    )


def names_at(source: PulledSource, found: ExceededLimit) -> list[str]:
    """Return the addresses of the people who would leave at the level of a limit."""
    chosen = [
        each.email
        for each in source.leaving
        if found.level == "source" or found.name in {each.team, each.team.partition("/")[0]}
    ]
    return sorted(set(chosen))


def unbelieved(found: UnbelievedGroup) -> str:
    """Return why a list was not believed, and what that means."""
    if not found.missing:
        return f"{found.reason}; nobody is removed"
    who = people(len(found.missing)) + ("" if found.completeness == "absent" else " missing in it")
    return f"{found.reason}; {who} {'stays' if len(found.missing) == 1 else 'stay'}"

"""Markdown: who reaches what, as a matrix of teams or people against APIs."""

from collections import defaultdict

from reconciler.model.access import LEVELS, AccessReport, AccessRow
from reconciler.render.markdown.escaping import code, table


def access(report: AccessReport, *, names: bool = False) -> str:
    """Return a row a team or single person, a column an API; a cell is the highest level.

    With `names` each person of a team has a row; else the teams say how many people they have.
    """
    apis = sorted({row.api for row in report.rows})
    levels: defaultdict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    people: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in report.rows:
        who = _person(row) if names else (code(row.team or row.person),)
        held = levels[who]
        held[row.api] = max(held.get(row.api, "none"), row.level, key=LEVELS.__getitem__)
        people[who].add(row.person)
    head = ["Person", "Team"] if names else ["Who", "People"]
    body = [
        [*who, *([] if names else [f"{len(people[who]):,}"]), *(held.get(api, "") for api in apis)]
        for who, held in sorted(levels.items())
    ]
    return "\n".join([*table([*head, *map(code, apis)], body), *_notes(report)]) + "\n"


def _person(row: AccessRow) -> tuple[str, str]:
    pending = f" ({code(row.state)})" if row.state and row.state != "active" else ""
    role = " (admin)" if row.role == "admin" else ""
    return f"{code(row.person)}{pending}", f"{code(row.team)}{role}" if row.team else ""


def _notes(report: AccessReport) -> list[str]:
    notes = [f"Open to everybody: {', '.join(map(code, report.open))}"] if report.open else []
    if report.delegated:
        teams = ", ".join(map(code, report.delegated))
        notes.append(f"Not shown: members managed in the portal ({teams}). `--live` shows them.")
    return [f"\n{note}" for note in notes]

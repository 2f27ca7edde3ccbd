"""Markdown: access reports as a matrix of teams or people and APIs."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final, TypeAlias

from reconciler.model.access import LEVELS, AccessReport, AccessRow
from reconciler.render.markdown.escaping import code, table

# A matrix with more cells is shown as a list if most cells would be empty.
_MOST_CELLS: Final = 10_000
_EMPTY: Final = 4

# The first cells of a row, and the levels by API.
_Levels: TypeAlias = Mapping[tuple[str, ...], Mapping[str, str]]


def access(report: AccessReport, *, names: bool = False) -> str:
    """Return one row per team or individual person and one column per API; cells have the highest level.

    With `names`, each person of a team has a row; otherwise teams show the number of their people. A sparse
    matrix becomes a list with one row per API.
    """
    levels: defaultdict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    people: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in report.rows:
        who = _person(row) if names else (code(row.team or row.person),)
        held = levels[who]
        held[row.api] = max(held.get(row.api, "none"), row.level, key=LEVELS.__getitem__)
        people[who].add(row.person)
    head = ["Person", "Team"] if names else ["Who", "People"]
    rows = {who if names else (*who, f"{len(people[who]):,}"): held for who, held in sorted(levels.items())}
    drawn = _list(head, rows) if _is_sparse(rows) else _matrix(head, rows)
    return "\n".join([*drawn, *_notes(report)]) + "\n"


def _is_sparse(rows: _Levels) -> bool:
    cells = len(rows) * len(set().union(*rows.values()))
    return cells > max(_MOST_CELLS, _EMPTY * sum(map(len, rows.values())))


def _matrix(head: list[str], rows: _Levels) -> list[str]:
    apis = sorted(set().union(*rows.values()))
    body = [[*who, *(held.get(api, "") for api in apis)] for who, held in rows.items()]
    return table([*head, *map(code, apis)], body)


def _list(head: list[str], rows: _Levels) -> list[str]:
    body = [[*who, code(api), level] for who, held in rows.items() for api, level in sorted(held.items())]
    return table([*head, "API", "Access"], body)


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

"""Markdown: who reaches what, as a matrix of teams and people against APIs."""

from collections import defaultdict

from reconciler.model.access import LEVELS, AccessReport
from reconciler.model.visible import visible


def access(report: AccessReport) -> str:
    """Return a row a team or single person, a column an API; a cell is the highest level."""
    apis = sorted({row.api for row in report.rows})
    cells: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in report.rows:
        held = cells[row.team or row.person]
        held[row.api] = max(held.get(row.api, "none"), row.level, key=LEVELS.__getitem__)
    head = ["Who", *apis]
    body = [[_code(who), *(held.get(api, "") for api in apis)] for who, held in sorted(cells.items())]
    table = [
        _row(head if not apis else ["Who", *map(_code, apis)]),
        _row(["---"] * len(head)),
        *map(_row, body),
    ]
    notes = [f"Open to everybody: {', '.join(map(_code, report.open))}"] if report.open else []
    notes += (
        [f"Members are known only to the portal: {', '.join(map(_code, report.delegated))}"]
        if report.delegated
        else []
    )
    return "\n".join([*table, *(f"\n{note}" for note in notes)]) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Return text in a code span that no cell, link or mention gets out of."""
    plain = visible(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in _runs(plain)), default=0))
    space = " " if "`" in plain else ""
    return f"{fence}{space}{plain}{space}{fence}"


def _runs(text: str) -> list[str]:
    runs, run = [], ""
    for character in text:
        run = run + character if character == "`" else ""
        if run:
            runs.append(run)
    return runs

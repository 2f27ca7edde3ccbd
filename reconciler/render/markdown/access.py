"""Markdown: who reaches what, as a matrix of teams and people against APIs."""

from collections import defaultdict

from reconciler.model.access import LEVELS, AccessReport
from reconciler.render.markdown.escaping import code, table


def access(report: AccessReport) -> str:
    """Return a row a team or single person, a column an API; a cell is the highest level."""
    apis = sorted({row.api for row in report.rows})
    cells: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in report.rows:
        held = cells[row.team or row.person]
        held[row.api] = max(held.get(row.api, "none"), row.level, key=LEVELS.__getitem__)
    head = ["Who", *map(code, apis)]
    body = [[code(who), *(held.get(api, "") for api in apis)] for who, held in sorted(cells.items())]
    notes = [f"Open to everybody: {', '.join(map(code, report.open))}"] if report.open else []
    notes += (
        [f"Members are known only to the portal: {', '.join(map(code, report.delegated))}"]
        if report.delegated
        else []
    )
    return "\n".join([*table(head, body), *(f"\n{note}" for note in notes)]) + "\n"

"""Who reaches what, as a table; and the paths of it, edge by edge."""

from collections.abc import Mapping

from reconciler.model.access import AccessReport, AccessRow
from reconciler.model.visible import visible
from reconciler.render.text.style import Style, columns, counted, listed

_HEAD = ("PERSON", "TEAM", "API", "LEVEL", "THROUGH", "UNTIL")


def access(report: AccessReport, *, color: bool) -> str:
    """Return a row a person, API and path, and what the rows do not tell."""
    style = Style(color=color)
    table = columns([_HEAD, *map(_cells, report.rows)]) if report.rows else []
    head = [style.paint(table[0], "bold")] if table else []
    return "\n".join([*head, *table[1:], *_notes(report)]) + "\n"


def explanation(report: AccessReport, places: Mapping[str, str], *, color: bool) -> str:
    """Return each path with its edges; `places` says where an edge's id stands."""
    style = Style(color=color)
    paths = [_path(row, places, style) for row in report.rows]
    return "\n".join([*paths, *_notes(report)]) + "\n"


def _path(row: AccessRow, places: Mapping[str, str], style: Style) -> str:
    end = f" until {row.until}" if row.until else ""
    head = visible(f"{row.person} may {row.level} {row.api}{end}")
    edges = columns((f"    {edge}", places.get(edge, "only in the portal")) for edge in row.edges)
    return "\n".join([style.paint(head, "bold"), *edges])


def _cells(row: AccessRow) -> tuple[str, ...]:
    pending = f" ({row.state})" if row.state and row.state != "active" else ""
    role = f" ({row.role})" if row.role == "admin" else ""
    through = " → ".join(each.partition("/")[2] for each in row.via)
    return (
        f"{row.person}{pending}",
        f"{row.team or '-'}{role}",
        row.api,
        row.level,
        through,
        row.until or "-",
    )


def _notes(report: AccessReport) -> list[str]:
    people = len({row.person for row in report.rows})
    apis = len({row.api for row in report.rows})
    reach = "reaches" if people == 1 else "reach"
    notes = [f"{counted(people, 'person', 'people')} {reach} {counted(apis, 'API')}."]
    if report.delegated:
        notes.append(f"Not shown: members managed in the portal ({listed(report.delegated)}). Use --live.")
    if report.open:
        notes.append(f"Open to everybody: {listed(report.open)}.")
    return notes
